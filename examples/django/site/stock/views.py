import os
from pathlib import Path

from django.http import HttpResponse

from stock.models import Item

VERSION = Path(__file__).with_name("version").read_text().strip()


def index(request):
    """The version that answers, and how much there is in stock."""
    return HttpResponse(f"{VERSION} {Item.objects.count()}\n", content_type="text/plain")


def health(request):
    """Fails where the database does, or where it is told to."""
    Item.objects.exists()
    return HttpResponse(status=int(os.environ.get("HEALTH", "200")))
