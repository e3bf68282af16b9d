#!/bin/sh
# Brings the free Chinese faces of the papers' PDF (Fandol: FangSong, HeiTi, KaiTi, Song; GPL 3 with the font exception)
# out of Debian's texlive-lang-chinese into a folder, without installing TeX.
set -eu
to=$1
package=texlive-lang-chinese
inside=usr/share/texlive/texmf-dist/fonts/opentype/public/fandol
faces="FandolFang-Regular.otf FandolHei-Regular.otf FandolKai-Regular.otf FandolSong-Bold.otf FandolSong-Regular.otf"

complete() { for face in $faces; do [ -f "$1/$face" ] || return 1; done; }

mkdir -p "$to"
complete "$to" && exit 0
if complete "/$inside"; then
  for face in $faces; do cp "/$inside/$face" "$to/"; done
  exit 0
fi
if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
  echo "公文字体装不上：请从 TeX Live 的 fandol 包取 $faces，放进 $to 或 ZHISHOU_FONTS 指明的文件夹" >&2
  exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fetch() { (cd "$work" && apt-get download -qq -o APT::Sandbox::User=root $package >/dev/null 2>&1); }
fetch || { apt-get update -qq >/dev/null 2>&1 || true; fetch; } || {
  echo "公文字体装不上：apt-get download $package 不成，请联网或由管理员安装该包" >&2
  exit 1
}
dpkg-deb --fsys-tarfile "$work"/$package*.deb | tar -x -C "$work" "./$inside" ./usr/share/doc/texlive-doc/fonts/fandol
for face in $faces; do cp "$work/$inside/$face" "$to/"; done
cp "$work"/usr/share/doc/texlive-doc/fonts/fandol/* "$to/"
