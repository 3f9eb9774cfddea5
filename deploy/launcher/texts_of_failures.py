"""What went wrong and, under the same key with `.fix`, what to do about it: key -> (English, Chinese)."""

FAILURES: dict[str, tuple[str, str]] = {
    "no.venv.module": (
        "this Python cannot make virtual environments, and there is no apt-get to help out",
        "当前 Python 无法创建虚拟环境，也没有 apt-get 可用",
    ),
    "no.venv.module.fix": ("install your system's python3-venv package", "请安装系统的 python3-venv 软件包"),
    "venv.failed": ("the virtual environment could not be made", "无法创建虚拟环境"),
    "venv.failed.fix": ("read the log; delete .venv and try again", "请查看日志；删除 .venv 后重试"),
    "pip.download": ("pip could not be downloaded", "无法下载 pip"),
    "pip.download.fix": (
        "check the network, or install your system's python3-venv package",
        "请检查网络，或安装系统的 python3-venv 软件包",
    ),
    "packages.certificate": (
        "Python packages could not be downloaded: the certificate is not trusted",
        "无法下载 Python 依赖：证书不受信任",
    ),
    "packages.certificate.fix": (
        "set SSL_CERT_FILE to your company's CA bundle",
        "请将 SSL_CERT_FILE 设为贵公司的 CA 证书文件",
    ),
    "packages.network": ("Python packages could not be downloaded: no network", "无法下载 Python 依赖：没有网络"),
    "packages.network.fix": (
        "connect once (behind a proxy: HTTPS_PROXY); when .venv is complete no network is needed",
        "请先联网一次（有代理时设置 HTTPS_PROXY）；.venv 完成后不再需要网络",
    ),
    "packages.failed": ("the Python packages could not be installed", "无法安装 Python 依赖"),
    "packages.failed.fix": ("read the log; ./mall doctor checks the machine", "请查看日志；./mall doctor 可检查本机"),
    "no.postgres": ("no PostgreSQL for this kind of machine was found", "没有找到适用于本机的 PostgreSQL"),
    "no.postgres.fix": (
        "install PostgreSQL 15 or newer, or set MALL_DATABASE_URL=postgresql://user:password@host:5432/mall",
        "请安装 PostgreSQL 15 或更新版本，或设置 MALL_DATABASE_URL=postgresql://user:password@host:5432/mall",
    ),
    "postgres.root": (
        "PostgreSQL will not run as root here: no user namespaces, and {reason} in /var/tmp",
        "PostgreSQL 无法以 root 运行：没有用户命名空间，且 /var/tmp：{reason}",
    ),
    "postgres.root.fix": (
        "run as a normal user, or set MALL_DATABASE_URL",
        "请以普通用户运行，或设置 MALL_DATABASE_URL",
    ),
    "initdb": ("the PostgreSQL cluster could not be made", "无法初始化 PostgreSQL 数据目录"),
    "initdb.fix": (
        "read the log; ./mall doctor checks disk and locale; MALL_DATABASE_URL names another server",
        "请查看日志；./mall doctor 可检查磁盘和区域设置；也可用 MALL_DATABASE_URL 指定其他服务器",
    ),
    "address.malformed": ("{setting} is no address like {example}", "{setting} 不是形如 {example} 的地址"),
    "address.malformed.fix": (
        "correct it, or leave it out: the mall then brings its own",
        "请更正，或不设置：商城会使用自带的服务",
    ),
    "database.silent": ("no PostgreSQL answers at {place}", "{place} 上没有 PostgreSQL 响应"),
    "database.silent.fix": (
        "start it, correct MALL_DATABASE_URL, or leave out --services=system",
        "请启动它，或修正 MALL_DATABASE_URL，或去掉 --services=system",
    ),
    "database.refused": ("PostgreSQL at {place} refused: {reason}", "{place} 上的 PostgreSQL 拒绝请求：{reason}"),
    "database.refused.fix": (
        "check user, password and the right to create databases in MALL_DATABASE_URL",
        "请检查 MALL_DATABASE_URL 中的用户、密码以及创建数据库的权限",
    ),
    "database.locale": (
        "database {database} has LC_CTYPE {ctype}: Chinese search finds nothing there",
        "数据库 {database} 的 LC_CTYPE 为 {ctype}：中文检索不会有任何结果",
    ),
    "database.locale.fix": ("create it with LC_CTYPE 'C.UTF-8'", "请以 LC_CTYPE 'C.UTF-8' 重新创建"),
    "no.rabbitmq": (
        "no RabbitMQ: none is installed and there is no apt-get to fetch it with",
        "没有 RabbitMQ：本机未安装，也没有 apt-get 可用来获取",
    ),
    "no.rabbitmq.fix": (
        "install rabbitmq-server, or set MALL_AMQP_URL=amqp://user:password@host:5672/vhost; the mall needs a real "
        "broker, there is no in-memory substitute",
        "请安装 rabbitmq-server，或设置 MALL_AMQP_URL=amqp://user:password@host:5672/vhost；"
        "商城需要真正的消息中间件，没有内存替代品",
    ),
    "rabbitmq.download": (
        "RabbitMQ could not be downloaded from your Debian mirror",
        "无法从 Debian 镜像下载 RabbitMQ",
    ),
    "rabbitmq.download.fix": (
        "check the network and /etc/apt/sources.list, install rabbitmq-server, or set MALL_AMQP_URL",
        "请检查网络和 /etc/apt/sources.list，或安装 rabbitmq-server，或设置 MALL_AMQP_URL",
    ),
    "broker.silent": ("no RabbitMQ answers at {place}", "{place} 上没有 RabbitMQ 响应"),
    "broker.silent.fix": (
        "start it, correct MALL_AMQP_URL, or leave out --services=system",
        "请启动它，或修正 MALL_AMQP_URL，或去掉 --services=system",
    ),
    "vhost": (
        "virtual host {name} could not be made on RabbitMQ at {place}",
        "无法在 {place} 的 RabbitMQ 上创建虚拟主机 {name}",
    ),
    "vhost.fix": (
        "run as root, switch on its management plugin, or name an existing one: MALL_AMQP_URL=amqp://…/vhost",
        "请以 root 运行，或启用其管理插件，或用 MALL_AMQP_URL=amqp://…/vhost 指定已有的虚拟主机",
    ),
    "not.ready": ("{name} did not become ready within {seconds}s", "{name} 在 {seconds} 秒内未就绪"),
    "not.ready.fix": ("read its last lines above and the log", "请查看上面的最后几行和日志"),
    "died.at.start": ("{name} cannot start: {end}, attempts: {times}", "{name} 无法启动：{end}，尝试 {times} 次"),
    "died.at.start.fix": ("read its last lines above and the log", "请查看上面的最后几行和日志"),
    "keeps.dying": (
        "{name} keeps dying ({end}): {times} times in a row right after its start, so everything was stopped",
        "{name} 反复异常退出（{end}）：启动后立即退出，连续 {times} 次，因此已全部停止",
    ),
    "keeps.dying.fix": ("read its last lines above and the log", "请查看上面的最后几行和日志"),
    "step.failed": ("the step {step} failed", "步骤 {step} 失败"),
    "step.failed.fix": ("read its last lines above and the log", "请查看上面的最后几行和日志"),
    "already.running": (
        "./mall {command} runs here already (pid {pid}, {address})",
        "./mall {command} 已在运行（进程 {pid}，{address}）",
    ),
    "already.running.fix": (
        "./mall status shows it, ./mall down stops it",
        "用 ./mall status 查看，用 ./mall down 停止",
    ),
    "port.taken": ("port {port} is taken by another program", "端口 {port} 被其他程序占用"),
    "port.taken.fix": ("choose another one: --port N, or leave it out", "请用 --port N 另选一个，或不指定"),
    "nothing.runs": ("no mall runs in this folder", "当前目录没有运行中的商城"),
    "nothing.runs.fix": ("start it in another terminal: ./mall up", "请在另一个终端启动：./mall up"),
    "still.starting": ("the mall is still starting (pid {pid})", "商城正在启动（进程 {pid}）"),
    "still.starting.fix": ("wait for its line `ready`, then try again", "请等待出现就绪提示后重试"),
    "down.slow": (
        "the launcher (pid {pid}) has not stopped within {seconds}s",
        "启动器（进程 {pid}）在 {seconds} 秒内未停止",
    ),
    "down.slow.fix": (
        "kill -9 {pid}; the next ./mall up clears what is left",
        "执行 kill -9 {pid}；下一次 ./mall up 会清理遗留",
    ),
    "reset.running": ("a mall runs in this folder (pid {pid})", "当前目录有商城正在运行（进程 {pid}）"),
    "reset.running.fix": ("stop it first: ./mall down", "请先停止：./mall down"),
    "reset.needs.yes": ("nobody is here to confirm the deletion", "无法确认删除操作"),
    "reset.needs.yes.fix": ("./mall reset --yes", "./mall reset --yes"),
    "reset.refused": ("nothing was deleted", "没有删除任何数据"),
    "reset.refused.fix": ("answer y to delete, or give --yes", "回答 y 才会删除，或使用 --yes"),
    "no.log": ("there is no log of {name}", "没有 {name} 的日志"),
    "no.log.fix": ("there are logs of: {known}", "现有日志：{known}"),
    "no.logs": ("there are no logs yet in {folder}", "{folder} 中还没有日志"),
    "no.logs.fix": ("start the mall: ./mall up", "请先启动商城：./mall up"),
    "folder.refused": ("{path} cannot be written: {reason}", "无法写入 {path}：{reason}"),
    "folder.refused.fix": (
        "make the folder yours (somebody else, perhaps root, ran ./mall here), or clone into one of your own",
        "请取得该目录的权限（可能有其他用户或 root 在此运行过 ./mall），或在自己的目录中重新克隆",
    ),
    "disk.full": ("{path} could not be written: {reason}", "{path} 写入失败：{reason}"),
    "disk.full.fix": (
        "free about 1 GB; ./mall reset deletes this folder's data",
        "请释放约 1 GB 空间；./mall reset 可删除当前目录的数据",
    ),
    "unexpected": ("an error in the launcher itself: {error}", "启动器自身出错：{error}"),
    "unexpected.fix": ("please report it with the log", "请附上日志反馈"),
}
