from pyinfra import host
from pyinfra.operations import files

files.directory(name=f"App {host.data.app}", path=f"/srv/apps/{host.data.app}", mode=host.data.get("app_mode") or "755")
files.template(name=f"Conf {host.data.app}", src="templates/app.j2", dest=f"/srv/apps/{host.data.app}/conf", port=host.data.port)
