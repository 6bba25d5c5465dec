workers = 4
sites = [
    {"name": "one", "port": 8001, "on": True},
    {"name": "two", "port": 8002, "on": False},
    {"name": "three", "port": 8003, "on": True, "aliases": ["drei", "tři"]},
]
