app_user = "webapp"
motto = "naïve & 'quoted' \"text\""
workers = 2
