#!/bin/sh
echo "$# $1|$2" >> /srv/script.log
