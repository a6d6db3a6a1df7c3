//! A Slurm of one node, on this machine's loopback interface.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Its place among the daemons.
const CONTROLLER: usize = 1;

/// A Slurm of one node; its daemons end with this.
pub struct Cluster {
    daemons: Vec<Child>,
    folder: TempDir,
}

impl Cluster {
    /// Starts it, and waits until it takes jobs.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut cluster = Self {
            daemons: Vec::new(),
            folder,
        };
        cluster.prepare();
        let path = cluster.folder.path().display().to_string();
        let file = |name: &str| format!("{path}/{name}");
        cluster.daemon(
            "munged",
            &[
                "--foreground",
                "--force",
                "--key-file",
                &file("munge.key"),
                "--socket",
                &file("munge.socket"),
                "--pid-file",
                &file("munge.pid"),
                "--log-file",
                &file("munge.log"),
                "--seed-file",
                &file("munge.seed"),
            ],
        );
        wait("munged", || Path::new(&file("munge.socket")).exists());
        cluster.daemon("slurmctld", &["-D", "-f", &file("slurm.conf")]);
        cluster.daemon("slurmd", &["-D", "-f", &file("slurm.conf"), "-N", "farm"]);
        wait("slurmctld", || {
            let said = cluster.call("sinfo", &["--noheader", "--format=%T"]);
            said.contains("idle")
        });
        cluster
    }

    /// Kills the controller, and starts it again.
    pub fn restart_controller(&mut self) {
        let controller = &mut self.daemons[CONTROLLER];
        let _ = controller.kill();
        let _ = controller.wait();
        let conf = self.folder.path().join("slurm.conf").display().to_string();
        self.daemon("slurmctld", &["-D", "-f", &conf]);
        let last = self.daemons.len() - 1;
        self.daemons.swap(CONTROLLER, last);
        self.daemons.truncate(last);
    }

    /// What tells Slurm's commands where it is.
    pub fn variables(&self) -> Vec<(String, String)> {
        let conf = self.folder.path().join("slurm.conf").display().to_string();
        vec![("SLURM_CONF".to_owned(), conf)]
    }

    /// What a command of Slurm prints.
    pub fn call(&self, program: &str, arguments: &[&str]) -> String {
        let output = Command::new(program)
            .args(arguments)
            .envs(self.variables())
            .output();
        let output = output.unwrap_or_else(|error| {
            panic!("{program}: {error}; run `cargo xtask setup --farm` once")
        });
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn prepare(&self) {
        let path = self.folder.path();
        let key = path.join("munge.key");
        let random: Vec<u8> = std::iter::repeat_with(|| fastrand::u8(..))
            .take(1024)
            .collect();
        fs::write(&key, random).expect("a key");
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("the key's mode");
        for folder in ["state", "spool"] {
            fs::create_dir(path.join(folder)).expect("a folder");
        }
        let host = nix::unistd::gethostname().expect("a name");
        let host = host.to_string_lossy();
        let (control, node) = (free_port(), free_port());
        let path = path.display();
        let text = format!(
            "ClusterName=farm\n\
             SlurmctldHost={host}(127.0.0.1)\n\
             SlurmctldPort={control}\n\
             SlurmUser=root\n\
             AuthType=auth/munge\n\
             AuthInfo=socket={path}/munge.socket\n\
             CredType=cred/munge\n\
             CommunicationParameters=NoInAddrAny,NoCtldInAddrAny\n\
             StateSaveLocation={path}/state\n\
             SlurmdSpoolDir={path}/spool\n\
             SlurmctldPidFile={path}/slurmctld.pid\n\
             SlurmdPidFile={path}/slurmd.pid\n\
             SlurmctldLogFile={path}/slurmctld.log\n\
             SlurmdLogFile={path}/slurmd.log\n\
             ProctrackType=proctrack/linuxproc\n\
             TaskPlugin=task/none\n\
             SwitchType=switch/none\n\
             JobAcctGatherType=jobacct_gather/none\n\
             AccountingStorageType=accounting_storage/none\n\
             SelectType=select/cons_tres\n\
             SelectTypeParameters=CR_Core\n\
             ReturnToService=2\n\
             MpiDefault=none\n\
             SchedulerParameters=sched_interval=1,batch_sched_delay=0,sched_min_interval=0\n\
             MaxArraySize=10001\n\
             KillWait=2\n\
             NodeName=farm NodeHostname={host} NodeAddr=127.0.0.1 Port={node} CPUs=2 State=UNKNOWN\n\
             PartitionName=main Nodes=farm Default=YES MaxTime=INFINITE State=UP OverSubscribe=FORCE:4\n"
        );
        fs::write(self.folder.path().join("slurm.conf"), text).expect("the configuration");
    }

    fn daemon(&mut self, program: &str, arguments: &[&str]) {
        let path = Path::new("/usr/sbin").join(program);
        let path = if path.is_file() {
            path
        } else {
            PathBuf::from(program)
        };
        let child = Command::new(&path)
            .args(arguments)
            .envs(self.variables())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let child = child.unwrap_or_else(|error| {
            panic!(
                "{}: {error}; run `cargo xtask setup --farm` once",
                path.display()
            )
        });
        self.daemons.push(child);
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.call("scancel", &["--user=root"]);
        for daemon in self.daemons.iter_mut().rev() {
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
    }
}

fn wait(what: &str, is_ready: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_mins(1);
    while !is_ready() {
        assert!(Instant::now() < until, "{what} did not start");
        thread::sleep(Duration::from_millis(50));
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}
