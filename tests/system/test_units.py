#!/usr/bin/env python3
"""The systemd units: that systemd understands them without a murmur, and how much they leave exposed.

Runs `systemd-analyze verify` and `security --offline` on copies in which the programs' paths are replaced by one that
exists (the daemon need not be installed). Where systemd-analyze is missing every check is a visible SKIP.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.environ.get('DUBAN_SOURCE_ROOT') or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
UNITS = os.path.join(ROOT, 'systemd')
MOST_EXPOSED = {'plain': 0.5, 'smtp': 1.2}
FORBIDDEN = {
    'PrivateUsers=yes': 'SO_PEERCRED would show every client as nobody',
}
WANTED = ['NoNewPrivileges=yes', 'CapabilityBoundingSet=', 'ProtectSystem=strict', 'MemoryDenyWriteExecute=yes', 'WatchdogSec=60s',
          'Type=notify', 'RestartPreventExitStatus=64 78']

passed = failed = 0


def check(name, complaint):
    global passed, failed
    if complaint:
        failed += 1
        print(f'FAIL {name}: {complaint}')
    else:
        passed += 1
        print(f'ok   {name}')


def read(name):
    with open(os.path.join(UNITS, name), encoding='utf-8') as file:
        return file.read()


def stage(directory, with_smtp):
    """Copies of the units with programs that exist."""
    service = read('duban.service').replace('/usr/sbin/duband', '/bin/true')
    with open(os.path.join(directory, 'duban.service'), 'w', encoding='utf-8') as file:
        file.write(service)
        if with_smtp:
            file.write('\n' + read('duban-smtp.conf'))
    shutil.copy(os.path.join(UNITS, 'duban.socket'), directory)


def verify(directory):
    units = [os.path.join(directory, name) for name in ('duban.service', 'duban.socket')]
    done = subprocess.run(['systemd-analyze', 'verify', '--man=no', *units], capture_output=True, text=True, check=False)
    ours = [line for line in (done.stdout + done.stderr).splitlines() if 'duban' in line]
    return '; '.join(ours) or (f'exit code {done.returncode}: {done.stderr}' if done.returncode else '')


def exposure(directory, most):
    done = subprocess.run(['systemd-analyze', 'security', '--offline=true', os.path.join(directory, 'duban.service')],
                          capture_output=True, text=True, check=False)
    found = re.search(r'Overall exposure level for duban.service: ([0-9.]+)', done.stdout)
    if not found:
        return done.stderr.strip() or 'no figure'
    print(f'     exposure {found[1]}, at most {most}')
    return '' if float(found[1]) <= most else f'{found[1]} is more than {most}'


def analyze():
    if not shutil.which('systemd-analyze'):
        print('SKIP verify and security: there is no systemd-analyze here')
        return
    for kind, most in MOST_EXPOSED.items():
        with tempfile.TemporaryDirectory(prefix='duban-units-') as directory:
            stage(directory, kind == 'smtp')
            check(f'verify, {kind}', verify(directory))
            check(f'exposure, {kind}', exposure(directory, most))


def main():
    service = read('duban.service').splitlines()
    for line in WANTED:
        check(f'duban.service has {line}', '' if line in service else 'it is missing')
    for line, why in FORBIDDEN.items():
        check(f'duban.service has no {line}', why if line in service else '')
    socket = read('duban.socket')
    check('the socket is where the settings say', '' if 'ListenStream=/run/duban/duban.sock\n' in socket else 'other path')
    check('the socket is for its group only', '' if 'SocketMode=0660\n' in socket else 'other mode')
    analyze()
    print(f'{passed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
