from django.urls import path
from stock import views

urlpatterns = [path("", views.index), path("health/", views.health)]
