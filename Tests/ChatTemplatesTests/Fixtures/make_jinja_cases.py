#!/usr/bin/env python3
"""Makes jinja_cases.jsonl: small templates with what transformers 5.23 and jinja2 3.1.6 render or raise.

Usage: make_jinja_cases.py > jinja_cases.jsonl (with transformers==5.23.0 and jinja2==3.1.6 installed)
The first line is the context that all templates see; the clock is at 2025-03-09T14:05:07.
"""

import datetime
import json

from transformers.utils import chat_template_utils as utils

CONTEXT = {
    "a": [3, 1, 2],
    "s": "Hello World",
    "e": "",
    "n": None,
    "t": True,
    "f": False,
    "i": 7,
    "x": 2.5,
    "d": {"b": 2, "a": 1, "items": "it"},
    "u": "é你😀ßΣ",
    "l": ["x", "Yy", "zzz"],
    "big": 2**100,
    "m": [
        {"role": "user", "content": " u1 "},
        {"role": "assistant", "content": "<think>\nt\n</think>\n\na1", "k": 1},
        {"role": "user", "content": "u2"},
    ],
    "html": "<a href='x'>&\"q\"</a>",
    "lines": "one\ntwo\r\n\nthree",
    "nest": [[1, [2, []]], [3]],
    "w": "the quick-brown fox jumps over--lazy dogs",
}

EXPRESSIONS = """
a[1:] ~ a[::-1] ~ s[-5:] ~ s[::2] ~ u[1:3]
a[5] ~ '|' ~ d['items'] ~ '|' ~ d['q']
d.b.c.d
s.foo.bar
nope.x
nope ~ 'x'
nope + 1
[nope, none, true, 1.5, 'it\\'s']
-2 ** 2 ~ ' ' ~ 2 ** 3 ** 2 ~ ' ' ~ 2 ** -1 ~ ' ' ~ 7 // -2 ~ ' ' ~ -7 % 3
big ~ ' ' ~ big * big ~ ' ' ~ big // 7 ~ ' ' ~ big % 1000007 ~ ' ' ~ -big // 3
(big * 10 + 3) / big ~ ' ' ~ 2 ** 5000 / 2 ** 4999
10 ** 5000
1 / 0
1.0 // 0
1e16 ~ ' ' ~ 1e-5 ~ ' ' ~ 0.1 + 0.2 ~ ' ' ~ 123456789.0 * 1000
'a' * 3 ~ [1] * 2 ~ 'x' * -1
'a' * 2.5
1 + 'a'
'a' + 1
[1] + 'a'
1 < 2 < 3 and 3 > 2 >= 2
1 < 'a'
'b' in 'abc' and 1 not in a
1 in 'abc'
1 in 5
{1: 'a', 1.0: 'b', true: 'c'}
{[1]: 2}
'%s|%5.2f|%-4d|%x|%r|%%' % ('a', 2.345, 7, 255, 'q')
'%d' % 'x'
'%s' % (1, 2)
'%(a)s %(b)05d' % {'a': 1, 'b': 42}
'{}|{:>5}|{:<4}|{:^7}|{:,}|{:.3f}|{!r}'.format(1, 'b', 3, 'mid', 1234567, 2.0005, 'q')
'{0[a]}{1.real}'.format({'a': 1}, 5)
'{:d}'.format('x')
'{} {}'.format(1)
s.upper() ~ s.swapcase() ~ s.title() ~ 'hELLO'.capitalize()
u.upper() ~ u.lower() ~ u | length ~ u[::-1]
'ΑΣ ΑΣΑ'.lower() ~ 'ǆ'.title() ~ 'ﬁ'.upper()
' a b  c '.split() ~ 'a,b,,c'.split(',', 2) ~ 'a b c'.rsplit(' ', 1) ~ ''.split(',')
'a'.split('')
lines.splitlines() ~ lines.splitlines(true)
s.find('o') ~ s.rfind('o') ~ s.count('l') ~ s.index('W') ~ u.find('😀')
s.index('zz')
s.startswith(('x', 'He')) ~ s.endswith('ld') ~ s.startswith('W', 6)
s.startswith(1)
'-'.join(l) ~ '-'.join('abc')
'-'.join([1])
s.partition(' ') ~ s.rpartition('o') ~ s.removeprefix('He') ~ s.removesuffix('ld')
s.center(15, '*') ~ s.zfill(13) ~ '-5'.zfill(4) ~ 'a\\tb'.expandtabs(4)
'xxaxx'.strip('x') ~ '\\u2003 a\\x1c'.strip() ~ 'abc'.replace('', '-') ~ 'aaa'.replace('a', 'b', 2)
'a1'.isalnum() ~ 'é'.isalpha() ~ '²'.isdigit() ~ '½'.isnumeric() ~ '١'.isdecimal() ~ 'Ab Cd'.istitle()
'\\u0295\\u10fc'.islower() ~ '\\u4e24'.isnumeric() ~ '\\u0131'.casefold() ~ '\\ua7cb'.lower() ~ ['\\U0001fae9']
s.upper(1)
s.strip(1)
d.get('a') ~ d.get('q') ~ d.get('q', 5) ~ d.keys() ~ d.values() ~ d.items()
d.pop('a')
a.append(1)
''.__class__
''.__class__.x
i.bit_length() ~ x.is_integer() ~ i.real ~ x.as_integer_ratio()
a | sort ~ ['b', 'A', 'c'] | sort ~ ['b', 'A'] | sort(case_sensitive=true) ~ a | sort(reverse=true)
[1, 'a'] | sort
m | map(attribute='content') | list ~ m | map(attribute='k', default='-') | list
m | selectattr('role', 'equalto', 'user') | map(attribute='content') | join('+')
m | rejectattr('k') | list
m | groupby('role') | list
m | groupby('k', default=0) | map('first') | list
a | map('nosuch') | list
a | select('odd') | list ~ a | reject('gt', 1) | list ~ [0, '', 1] | select | list
a | sum ~ [0.1, 0.2] | sum ~ [] | sum ~ a | min ~ a | max ~ [] | first
d | dictsort ~ {'B': 1, 'a': 2} | dictsort(true) ~ d | items | list
n | items | list
d | dictsort(by='value')
['a', 'A', 'b'] | unique | list ~ [1, 1.0, true] | unique | list
a | batch(2, 0) | list ~ a | slice(2) | list
s | reverse ~ a | reverse | list ~ a | last ~ s | first
'42' | int ~ '0x1F' | int(0, 16) ~ '3.9' | int ~ 'x' | int(9) ~ none | int ~ '1e3' | float ~ ' 5 ' | int
2.5 | round ~ 3.5 | round ~ 2.675 | round(2) ~ 2.1 | round(0, 'ceil') ~ 1234 | round(-2)
nope | int
123456789 | filesizeformat ~ 1024 | filesizeformat(true) ~ 1 | filesizeformat
html | e ~ html | escape | length ~ ('<a>' | escape) + '<b>' ~ ('<a>' | escape) ~ '<b>'
html | striptags ~ html | forceescape ~ html | urlencode ~ d | urlencode ~ {'class': 'x'} | xmlattr
w | wordwrap(10) ~ w | wordcount ~ w | truncate(12) ~ w | truncate(12, true, '~', 0)
'abcdefgh ij' | wordwrap(4) ~ 'abcdefgh' | wordwrap(4, false)
lines | indent ~ lines | indent(1, true, true) ~ 'a\\nb' | indent('> ')
'they\\'re a-b c_d' | title ~ 'ab' | center(6) ~ '%s-%s' | format(1, 2)
d | tojson ~ m | tojson(indent=2) ~ u | tojson(ensure_ascii=true) ~ d | tojson(sort_keys=true)
[1, [], {}, [1.5, none, true]] | tojson(separators=(',', ':'), indent=1)
nope | tojson
a | map('string') | tojson
{(1, 2): 3} | tojson
[big, 1e16, 1e-7, -0.0] | tojson
range(3) ~ range(5, 0, -2) | list ~ range(2, 9, 3)[1]
range(200000)
dict(a=1, **{'b': 2}) ~ dict([('x', 1)]) ~ dict.fromkeys('ab')
namespace(a=1) ~ namespace({'b': 2}).b
namespace(_a=1)
strftime_now('%Y-%m-%d %H:%M:%S %a %A %b %B %j %U %W %V %G %u %w %y %I %p %e %D %F %T %c %x %X %%')
raise_exception('no ' ~ i)
cycler('a', 'b').next() ~ joiner(', ')() ~ lipsum is callable
1 is odd and 2 is even and 9 is divisibleby 3 and 'a' is lower and d is mapping and a is sequence
nope is defined ~ n is none ~ 1 is sameas 1 ~ 1 is true ~ 'upper' is filter ~ 'odd' is test ~ 1.0 is float
i is nosuch
a | nosuch
'yes' if i > 5
('q' if f).x
not 1 in [1] or true and not false
a.0 ~ a['x'] ~ (1, 2, 3)[:2] ~ () ~ (1,)
a[::0]
i[0]
i(1)
nope(1 / 0)
d | pprint ~ ['aaaaaaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 'cccccccccccccccccccccccccccccccc'] | pprint
a|first(1)
a|list(1) ~ ''
s|join(1, 2, 3)
a|sort(1.5)
a|sort('')
d|dictsort(reverse=none)
'a\\nb'.splitlines([])
s.endswith(start=1)
s.find(1, 'x')
s.count(sub=1)
'{:+,}'.format('a')
'{:-}'.format('a')
'{:,c}'.format(65)
'{:_}'.format('a')
'%5%' % 1
'%%' % ()
'%(a)-%' % {'a': 1}
' '.format_map(1)
'{a}'.format_map(1)
s|truncate('x')
s|wordwrap([])
e|wordwrap([])
s|length(x=1)
i|abs(x=1)
s|string(x=1)
s|int(5, nope)
'\\ud800'|urlencode
'a\\ud800\\udfff'|urlencode
7 // -2 ~ ' ' ~ -7 // 2 ~ ' ' ~ -7 % 3 ~ ' ' ~ 7 % -3
(9223372036854775807 + 1) ~ ' ' ~ (4611686018427387904 * -4)
-9223372036854775808 - 1 ~ ''
'see (http://a.example/x?y=(1)) and www.b.org, or mail me@c.example.' | urlize
'https://a.example/long/path <b>' | urlize(12, true, target='_b"', rel='x y noopener')
'a@b a@b.c @a@b.c mailto:q@r.st x:q@r.st www.q@r.st a@b.c. (a@b.c)' | urlize
'ftp://q.r tel:123 tel: http: HTTP://EXAMPLE.COM:80/ſ' | urlize(extra_schemes=['ftp://', 'tel:'])
'http://1.2.3.4:99/ http://1.2.3.4567 http://[::1] http://[12:34::ab:0]/# http://[1:2:3:4:5:6:7:8]' | urlize
'http://xn--p1ai http://x http://é.example http://a..b www.a_b-c%d.example:123456 www.ab.c1' | urlize
'example.com Example.Net/x example.de a.com exa-mple.org:8 mil info.mil.' | urlize
'http://a.example&lt; &lt;http://a.example&gt;, ((www.a.example))))) <http://a.example/(x>)' | urlize
html | urlize ~ (html | e | urlize) ~ (e | urlize) ~ (nope | urlize) ~ (7 | urlize)
'\\thttp://a.example/é😀😀\\n x' | urlize(19) ~ ('http://a.example' | urlize(-3))
'http://a.example' | urlize(rel=7)
'http://a.example' | urlize(extra_schemes='ab')
'http://a.example' | urlize(extra_schemes=7)
'http://a.example' | urlize(extra_schemes=[7])
'http://a.example' | urlize(extra_schemes=['a:', 'b//'])
i ~ x ~ t ~ (i + x) ~ -i ~ (i | float) ~ ('%03d' % i) ~ (x | int) ~ (t | int)
strftime_now('%-d|%_d|%0e|%5d|%-5d|%_5Y|%010Y|%+d')
strftime_now('%^a|%#A|%#p|%^P|%^c|%10b|%010B|%5%|%05t|%n')
strftime_now('%C|%y|%g|%G|%V|%U|%W|%u|%w|%j|%-j|%3H|%k|%l|%0k|%-I')
strftime_now('%Ey|%EY|%EC|%Ec|%Ex|%EX|%Od|%OH|%Ed|%EOd|%OEd|%Oc|%5Od|%O5d')
strftime_now('%D|%20x|%015F|%r|%^r|%R|%T|%X|%h|%P')
strftime_now('%q|%5q|%05q|%^q|%5é|%-|%5')
strftime_now('%z|%Z|%5Z|%Ez|%f|%5f|%-f|%%z|%-%z|% d|%:z')
strftime_now('%1023d')
strftime_now('%3000d')
strftime_now('%99999999999d')
strftime_now('a%')
strftime_now('a\0b')
true == 1 ~ '' ~ (true == 2) ~ (false != true) ~ (1 == 1.0) ~ ('' == e)
""".strip().split("\n")

TEMPLATES = [
    "{% for x in a %}{{ loop.index }}/{{ loop.length }}{{ loop.first }}{{ loop.last }}{{ loop.previtem }}{% endfor %}",
    # The truth of `loop` takes all elements, of which one may not fit.
    "{% for x, y in [(1, 2), 3] if true %}{{ x }}{{ 'y' if loop }}{% endfor %}",
    "{% for x in [1, 2, 0] if 1 / x %}{% if loop %}{{ x }}{% endif %}{% endfor %}",
    "{% for x in a if x %}{{ [] if loop }}{{ not loop }}{{ loop and 1 }}{{ loop or 1 }}{% endfor %}",
    "{% for x, y in [(1, 2), 3] if true %}{{ x }}{{ [loop] | select | list | length }}{% endfor %}",
    "{% for x, y in [(1, 2), 3] if true %}{{ nope | default('d', loop) }}{% endfor %}",
    "{% for x in a if x > 1 %}{{ loop.index }}:{{ x }} {% else %}none{% endfor %}{{ x }}",
    "{% for x in a %}{% if x == 1 %}{% continue %}{% endif %}{{ x }}{% if x == 2 %}{% break %}{% endif %}{% endfor %}",
    "{% for k, v in d.items() %}{{ k }}={{ v }},{% endfor %}{% for p, q in [(1, 2, 3)] %}{% endfor %}",
    "{% for x in nest recursive %}{{ loop.depth }}{% if x is iterable %}({{ loop(x) }}){% else %}{{ x }}{% endif %}"
    "{% endfor %}",
    "{% for x in a %}{{ loop.cycle('o', 'e') }}{{ loop.changed(x > 1) }}{% endfor %}",
    # What an element prints when it is joined, not when all are there.
    "{% for x in a %}{{ loop | join }}{% endfor %}",
    "{% for x in a %}{{ loop | join(',', attribute=1) }}{% endfor %}",
    "{% for x in a %}{{ loop | urlencode }}{% endfor %}",
    "{% autoescape true %}{% for x in a %}{{ loop | join('<') }}{% endfor %}{% endautoescape %}",
    "{% for x in a | select %}{{ loop.first }}{{ loop.last }}{{ loop.index0 }}{{ loop.length }}{% endfor %}",
    "{% set loop = {'first': 'd', 'last': ''} %}{{ loop.first }}{{ loop.q is defined }}{% if loop.last %}y{% endif %}",
    # Separators that are no texts: the encoder that indents notices them when it uses them.
    "{{ d | tojson(separators=(1, ': ')) }}",
    "{{ d | tojson(indent=1, separators=(1, ': ')) }}",
    "{{ a | tojson(indent=1, separators=({}, ': ')) }}",
    "{{ i | tojson(indent=1, separators=(1, 2)) }}{{ [] | tojson(indent=1, separators=(1, 2)) }}",
    "{{ d | tojson(indent=1, separators=(', ', n)) }}",
    "{{ [1, [], [[2]], {}, {'a': d}] | tojson(indent=1, separators=(', ', n)) }}",
    "{{ m | tojson(indent=1, separators=(nope, n)) }}",
    # Messages that name halves of surrogate pairs.
    "{{ s['\\ud800'].x }}",
    "{{ a | map('\\udfff') | list }}",
    "{{ a | select('é\\ud800') | list }}",
    "{{ '%(\\ud800)s' % d }}",
    # Members of elements and of namespaces, there and not there.
    "{{ m[0]['role'] }}{{ m[-1].content }}{{ m[1].k }}{{ m[1]['k'] == 1 }}{{ m[0].k is defined }}{{ m[0].k }}",
    "{{ m[0].role is string }}{{ m[0].k is string }}{{ m[0].k is none }}{{ m[0].k is mapping }}",
    "{{ m[0].items is defined }}{{ m[0]['items'] is defined }}{{ d.items is string }}{{ d['items'] is string }}",
    "{{ m[9].role is defined }}",
    "{{ s[0].role is defined }}{{ d[0].role is defined }}",
    "{% set ns = namespace(a=1, items=2) %}{{ ns.a }}{{ ns.items }}{{ ns['a'] }}{{ ns.b is defined }}{{ ns.b is none }}"
    "{% if ns.b %}x{% endif %}{% set ns.b = ns.a + 1 %}{{ ns.b }}{{ ns['b'] == 2 }}",
    "{% set ns = namespace() %}{{ ns.b + '' }}",
    "{{ (m[0].role == 'user') != (i % 2 == 1) }}{{ (m[0].role == 'user') == t }}{{ t == 1 }}{{ f in [0] }}",
    "{{ a[-1] }}{{ a[+1] }}{{ -a[0] }}{{ - 9223372036854775807 - 1 }}{{ -9223372036854775808 }}{{ -true }}{{ a[-4] }}",
    "{{ s.strip('H') }}{{ u.strip('é') }}{{ '--x-'.strip('-') }}{{ ''.strip('-') }}",
    "{{ {} | length }}{{ d | count }}{{ s | length }}{{ a | length }}{{ nope | length }}",
    "{{ n | length }}",
    "{{ 1 + i + 3 }}{{ a + [1] + l }}{{ s + e + s + '!' }}{{ ('<' | safe) + '<' + s }}",
    "{{ s + ' ' + i }}",
    "{{ s + ('<' | safe) + '<' + html }}{% set q = s + '-' + s + '-' + u %}{{ q + q }}{{ q | length }}",
    "{% autoescape true %}{{ s + '<' + html }}{{ s + ('<' | safe) + '<' }}{% endautoescape %}",
    "{% for x in 5 %}{% endfor %}",
    "{% for x in [] %}{% else %}empty{% endfor %}{% for c in u %}[{{ c }}]{% endfor %}",
    "{% set y = 1 %}{% for x in a %}{% set y = y + x %}{{ y }} {% endfor %}{{ y }}",
    "{% if t %}{% set z = 5 %}{% endif %}{{ z }}{% if f %}{% set q = 5 %}{% endif %}{{ q is defined }}",
    "{% set ns = namespace(v=0) %}{% for x in a %}{% set ns.v = ns.v + x %}{% endfor %}{{ ns.v }}{{ ns }}",
    "{% set d.a = 5 %}",
    "{% set b, c = a %}",
    "{% set b, c, e = a %}{{ b }}{{ c }}{{ e }}{% set y | upper %}abc{% endset %}{{ y }}",
    "{% macro f(p, q='d') %}[{{ p }}{{ q }}{{ varargs }}{{ kwargs }}]{% endmacro %}{{ f(1) }}{{ f(1, 2, 3, z=4) }}",
    "{% macro f(p) %}{{ p }}{% endmacro %}{{ f() }}|{{ f(z=1) }}",
    "{% macro f(p) %}{{ p }}{% endmacro %}{{ f(1, 2) }}",
    "{% macro f(p) %}<{{ caller(p + 1) }}>{% endmacro %}{% call(v) f(1) %}in {{ v }}{{ i }}{% endcall %}",
    "{% macro f() %}{{ caller() }}{% endmacro %}{{ f() }}",
    "{% set g = 1 %}{% macro f() %}{{ g }}{{ h }}{% endmacro %}{% set g = 2 %}{% set h = 3 %}{{ f() }}",
    "{% macro fac(k) %}{% if k <= 1 %}1{% else %}{{ k * (fac(k - 1) | int) }}{% endif %}{% endmacro %}{{ fac(30) }}",
    "{% macro r(k) %}{{ r(k + 1) }}{% endmacro %}{{ r(0) }}",
    "{% with p = 1, q = p %}{{ p }}{{ q }}{% endwith %}{{ p }}",
    "{% filter upper | replace('A', 'b') %}abc{{ i }}{% endfilter %}",
    "{% generation %}g{{ i }}{% set y = 1 %}{% endgeneration %}{{ y }}",
    "{% autoescape true %}{{ html }}{{ html ~ '<' }}{{ ['<', html | safe] | join('>') }}{% endautoescape %}{{ html }}",
    "{% block b %}[{{ self.c() }}{{ i }}]{% endblock %}{% block c %}c{% endblock %}{{ self }}",
    "{% block b %}{% endblock %}{% block b %}{% endblock %}",
    "{% raw %}{{ x }} {% if %}{% endraw %}{# c #}{%- raw -%}  y  {%- endraw -%}  z",
    "a\n{% if t %}\n  b\n  {% endif %}\nc\n\n",
    "  {%- if t -%}  x  {%- endif %}  y",
    "{{ 'a' }}\n{{- 'b' -}}\n c",
    "  {%+ if t %}a{% endif +%}\nb",
    "{#- c -#}\n x \n{#- d #} y",
    "\t{# c #}\nx\r\ny\rz\n",
    "{{ '\\n\\t\\x41\\u00e9\\101\\q\\é' }}{{ \"it's\" }}{{ 'a' 'b' }}",
    "{{ 0x1F + 0b11 + 0o17 + 1_000 }}{{ 1.5e-3 }}",
    "{% if f %}{{ a | nosuch }}{% endif %}ok",
    "{% if t %}{{ a | nosuch }}{% endif %}",
    "{% if %}",
    "{% if t %}",
    "{{ 1 + }}",
    "{{ a b }}",
    "{{ 'x }}",
    "{{ i",
    "{% nosuch %}",
    "{{ a | }}",
    "{# open",
    "{% endfor %}",
    "{% for x in a %}{% endif %}",
    "{{ [1, 2 }}",
    "{{ (1 }}",
    "{{ a. }}",
    "{% set true = 1 %}",
    "{% set 'a' = 1 %}",
    "{{ f(a=1, 2) }}",
    "{% for loop in a %}{{ loop }}{% endfor %}",
    "{% raw %}x",
    "{{ 1 is 2 }}",
    "{% macro f(a=1, b) %}{% endmacro %}",
    "{% call a %}{% endcall %}",
    "{{ '\\N' }}",
    "{{ '\\N{}' }}",
    "{{ '\\N{BULLET' }}",
    "{{ '\\x4' }}",
    "{{ $ }}",
    "{{ a is b is c }}",
    "{% include 'x' %}",
    "{% import 'x' as y %}",
    "{% extends 'x' %}",
    "{% break %}",
    "{% do a %}",
    "{% block a-b %}",
    "\n\n{{ 'x'\n + 1 }}",
    "a\n{% if t %}\n{{ nope.x }}{% endif %}",
    "{% set y %}\n{{ 1 / 0 }}{% endset %}",
    "{% macro f(p) %}\n{{ p.y.z }}\n{% endmacro %}\n\n{{ f(1) }}",
    "a\n{% for x in i %}{% endfor %}",
    "{{ w | truncate(9.5) }}{{ [] | truncate(2.5, nope, '') }}",
    "{{ x | truncate(99) }}",
    "{{ s | truncate('%', true, 1.5) }}",
    "{{ s | truncate('%') }}",
    "{{ s | truncate(3.5, end='abcde') }}",
    "{{ a | truncate(0, true, '') }}{{ s | truncate(5, true, '', -1) }}",
    "{{ s | wordwrap(1e15, a) }}",
    "{{ s | wordwrap(2.5) }}",
    "{{ s | e('k', z=1) }}",
    "{{ s | e(1) }}",
    "{{ 1 | round(1, {}) }}",
    "{{ 1 is callable(z=1) }}",
    "{{ a.index(1, 10, 'x') }}",
    "{{ a.index(1, -10**30, 10**30) }}",
    "{{ 1 | tojson(separators=(1, 2)) }}",
    "{{ [1] | tojson(indent=10**30) }}",
    "{{ s | tojson(indent=nope) }}{{ s | tojson(separators=(1, 2)) }}",
    "{{ 1 | wordwrap(5, wrapstring=nope) }}",
    "{{ nope is sameas nope }}{{ nope is sameas nope2 }}{% set q = nope %}{{ q is sameas q }}{{ d.q is sameas d.q }}",
    "{{ '{:0=-012,.3G}|{:04,}|{:08,}|{:09_b}|{:0=4,}'.format(3.0, 3, 123456, 5, 7) }}",
    "{{ '{:<#12%}|{:.1%}|{:%}'.format(1e308, -1e308, 1e306) }}",
    "{{ '\\n' | wordwrap(f) }}",
    "{{ s | wordwrap(0) }}",
    "{{ s | wordwrap(0.5) }}",
    "{{ s | wordwrap(-0.5) }}",
    "{{ s | wordwrap(big) }}",
    "{{ s | wordwrap(-big) }}",
    "{{ s | wordwrap(nope) }}",
    "{{ s.expandtabs(big) }}",
    "{{ s.expandtabs(2**31) }}",
    "{{ s.expandtabs(-(2**31)) }}",
    "{{ s.center(-(2**63)) }}{{ s.ljust(1 - 2**63) }}{{ s.rjust(-(2**63)) }}"
    "{{ s.zfill(-(2**63)) }}{{ s | center(-(2**63)) }}",
    "{{ 'ab' * -(10**30) }}",
    "{{ s | indent(-(10**30)) }}",
    "{{ a | sort(big) }}",
    "{{ d | dictsort(reverse=-big) }}",
    "{{ a | sort('x') }}",
    "{{ 1e308 | filesizeformat }} {{ 1e308 | filesizeformat(true) }} {{ 'nan' | float | filesizeformat }}",
    "{{ 1e308 | round(-big) }} {{ x | round(big) }}",
    "{{ s | indent(10**30) }}",
    "{{ '%.*d' % (2**33, 1) }}",
    "{% set y = 'a' + s + 'b' %}{{ y }}{{ y | length }}{{ y == 'a' + s + 'b' }}{{ 'a' + 'b' + s + 'c' + html | e }}",
    "{% for q in [1, {'k': 2}] %}{{ [1, [2]] }}{{ {'k': [1]} }}{{ q in ['a', 1] }}{{ 'a' not in ('a',) }}{% endfor %}",
    "{% autoescape t %}{{ ['<'] }}{{ {'<': 1} }}{{ '<' ~ 1 }}{{ s ~ '<' }}{{ '<' }}{% endautoescape %}",
    "{% autoescape true %}{% autoescape f %}{{ ['<'] }}{{ s ~ '<' }}{% endautoescape %}{% endautoescape %}",
    # What stands in for unknown filters and tests, and how jinja2 numbers it.
    "{% if t %}{{ s | nope(b=1) }}{% endif %}",
    "{% if t %}{{ s | upper | nope(1, b=1, c=2) }}{% endif %}",
    "{% if t %}{{ s is nope(b=1) }}{% endif %}",
    "{% if t %}{{ s is defined and s is nope(b=1) }}{{ s | zzz | upper }}{% endif %}",
    "{{ s | nope(b=1) if t }}",
    "{{ s | Zed(b=1) if t else s | nope }}{{ s | lower }}",
    "{{ s | é(b=1) if t else s | nope }}{{ s | lower }}",
    "{% if t %}{{ s | nope(**d) }}{% endif %}",
    "{% if t %}{{ s | nope(nix) }}{% endif %}",
    "{% if t %}{{ nix.x | nope(b=1) }}{% endif %}",
    "{% macro q() %}{% if t %}{{ s | nope(b=1) }}{% endif %}{% endmacro %}{{ q() }}",
    "{% block b %}{% if t %}{{ s | nope(b=1) }}{% endif %}{% endblock %}",
    "{% block b %}{% if t %}{{ s | nope(b=1) }}{% endif %}{% endblock %}{{ s | upper if t else s | nope }}",
    "{% block b %}{% if t %}{{ s | upper | nope(b=1) }}{% endif %}{% endblock %}"
    "{% set y %}{% endset %}{% for q in a if q is odd %}{{ q | abs }}{% else %}{% endfor %}"
    "{% for q in nest recursive %}{% endfor %}{% filter trim %}{% endfilter %}{% autoescape f %}{% endautoescape %}"
    "{% macro r() %}{% endmacro %}{% call r() %}{% endcall %}",
    "{% block a %}{{ s | lower }}{% set y %}{% endset %}{% endblock %}"
    "{% block b %}{% if t %}{{ s | nope(b=1) }}{% endif %}{% endblock %}",
    "{% generation %}{% endgeneration %}{% block b %}{% if t %}{{ s is nope(b=1) }}{% endif %}{% endblock %}",
    "{{ s | nope | nix }}",
    "{% filter nope(b=1) %}{% endfilter %}",
    "{% if t %}{% filter nope(b=1) %}{% endfilter %}{% endif %}",
    # What a constant chooses is printed as a constant where it is one.
    "{% autoescape t %}{{ '<' if true else s }}{{ '<' if true }}{{ html if 0 else '<' }}"
    "{{ '<' if t }}{% endautoescape %}",
    "{% autoescape t %}{{ '<' if 1 == 1 else s }}{{ html if 1 > 2 else '<' }}{{ '<' if 1 > 2 }}{% endautoescape %}",
    "{% autoescape t %}{{ false and html }}{{ '<' and html }}{{ '<' or html }}{{ '' or html }}{% endautoescape %}",
    "{% autoescape t %}{{ 1 == 2 and html }}{{ 1 == 1 and '<' }}{{ 1 == 2 or '<' }}{{ t and '<' }}{% endautoescape %}",
    "{% autoescape t %}{{ ['<' if true else s] }}{{ ['<' if 1 == 1 else s] }}{{ [true or s, '<'] }}{% endautoescape %}",
    "{% autoescape t %}{{ ('<' if true else s) ~ '>' }}{{ '<' if (true or s) else s }}{% endautoescape %}",
    "{% autoescape t %}{{ s | nope if false else '<' }}{{ '<' or s | upper }}{% endautoescape %}",
    "{% autoescape t %}{{ '<' or s | nope }}{% endautoescape %}",
    "{% autoescape true %}{{ '<' if true else s }}{{ '<' or html }}{{ html if 1 == 2 else '<' }}{% endautoescape %}",
    "{% autoescape t %}{{ ('<' if 1 == 1 else s) if 2 == 2 else s }}{{ '<' if 1 / 0 else s }}{% endautoescape %}",
    # What follows a constant that settles `and` or `or` is never looked at.
    "{{ '<' or s | nope }}{{ '' and s | nope }}{{ 1 == 1 or s | nope }}{{ [true or s | nope] }}",
    "{{ '' or s | nope }}",
    "{{ '<' and s | nope }}",
    "{{ 1 / 0 or s | nope }}",
    "{{ not (1 or s | nope) }}{{ 1 in [1] or s is nope }}{{ 'ab'[1] or s | nope }}{{ (1, 2)[1:] or s | nope }}",
    "{% set y = 1 or s | nope %}{{ y }}",
    "{% autoescape t %}{% set y = 1 or s | nope %}{{ y }}{% endautoescape %}",
    "{% autoescape t %}{{ [true or s | nope] }}{{ ['<' ~ 1 or s | nope] }}{% endautoescape %}",
    "{% autoescape t %}{{ s ~ (1 or s | nope) }}{% endautoescape %}",
    "{% for q in a if true or q | nope %}{{ q }}{% endfor %}",
    "{{ s.upper(1 or s | nope) }}",
    "{{ 1 or s.x.y.z }}{{ 0 and nix.x }}",
    "{{ 'a' | upper or s | nope }}{{ (1 is odd) or s | nope }}{{ [1] | length or s | nope }}"
    "{{ [1] | join or s | nope }}",
    "{{ ['a'] | map('upper') or s | nope }}",
    "{% autoescape t %}{% set y = 'a' | upper or s | nope %}{% endautoescape %}",
    # Keys without an order, as `pprint` sorts them.
    "{{ {1: 2, none: 3, 'a': 1, true: 4, (1,): 5, 0.5: 6, 'k' | e: 7} | pprint }}",
    "{{ {(1, 'b'): 1, (1, 'a'): 2} | pprint }}{{ [{2: 1, none: {'z': 1, none: 2}}] | pprint }}",
    # What `reversed` makes.
    "{{ d | reverse | length }}",
    "{{ d.keys() | reverse | length }}",
    "{{ d.values() | reverse | length }}",
    "{{ d.items() | reverse | length }}",
    "{{ range(3) | reverse | length }}",
    "{{ (1, 2) | reverse | length }}",
    "{{ a | reverse | length }}",
    "{{ (d | reverse)[0:1] }}",
    # The length of a loop whose elements do not fit its target.
    "{% for q, r in a if q %}{{ loop | length }}{% endfor %}",
    "{% for q, r in [(1, 2), (3, 4), 5] if q %}{{ loop | length }}{% endfor %}",
    "{% for q in a if q > 1 %}{{ loop | length }}{{ loop is sequence }}{{ loop | truncate(2) }}{% endfor %}",
    "{{ '{:c}'.format(10**25) }}",
    "{{ '{:c}'.format(10**12) }}",
    # Batches that are not filled by a whole number.
    "{{ 'Aé' | batch(1e16, big) | list }}",
    "{{ 'Aé' | batch(2.0, 'x') | list }}",
    "{{ 'Aéz' | batch(2.0) | list }}",
    "{{ 'Aéz' | batch(big * big, 'x') | list }}",
    "{{ 'Aéz' | batch(true, 'x') | list }}",
    "{{ 'Aéz' | batch('q', 'x') | list }}",
    # What is left after the last split at white space stays as it is, and the first match ends the search.
    "{{ ' a b  c '.split(none, 1) }}{{ '  a  b '.rsplit(none, 1) }}{{ ' a '.split(none, 0) }}"
    "{{ ' a '.rsplit(none, 0) }}",
    "{{ 'a b c '.split(none, 2) }}{{ 'a '.split(none, 1) }}{{ 'a b'.split(maxsplit=1) }}",
    "{{ 'abc'.startswith(('a', 1)) }}{{ 'abc'.endswith(('c', none)) }}{{ 'abc'.startswith(()) }}",
    "{{ 'abc'.startswith(('b', 1)) }}",
    "{{ 'abc'.startswith(('a', 1), 5) }}",
    # `format_map` of what is no dict.
    "{{ '{}{}'.format_map(e) }}",
    "{{ '{}'.format_map(d) }}",
    "{{ '{0}'.format_map(e) }}",
    "{{ '{a}'.format_map(e) }}",
    "{{ '{a}'.format_map(s) }}",
    "{{ '{0}'.format_map(s) }}",
    "{{ '{}'.format_map(s) }}",
    "{{ 'x'.format_map(e) }}",
    "{{ '{a}'.format_map(i) }}",
    "{{ '{}'.format_map(i) }}",
    "{{ '{a}'.format_map(a) }}",
    "{{ '{0}'.format_map(a) }}",
    "{{ '{a}'.format_map(n) }}",
    "{{ '{}'.format_map(n) }}",
    "{{ '{a}'.format_map(nix) }}",
    "{{ '{}'.format_map(nix) }}",
    "{{ '{b}'.format_map(d) }}",
    "{{ '{zz}'.format_map(d) }}",
    "{{ 'x'.format_map(i) }}",
    "{{ 'x'.format_map(nix) }}",
    "{{ '{a}'.format_map(range(3)) }}",
    "{{ '{a}'.format_map((1,2)) }}",
    "{{ '{b}{}'.format_map(d) }}",
    "{{ '{}{b}'.format_map(d) }}",
    "{{ '{b:{}}'.format_map(d) }}",
    "{{ '{b:{b}}'.format_map(d) }}",
    "{{ '{b!r}'.format_map(d) }}",
    "{{ '{items.x}'.format_map(d) }}",
    # Markup as the name of a member.
    "{{ s[x | e].y }}",
    "{{ d['k' | e].y }}",
    "{{ a['<' | e].y }}",
    "{{ i['k' | e].y }}",
    "{{ s | attr('k' | e) is defined }}{{ (s | attr('k' | e)).y }}",
    "{{ a.index('<' | e) }}",
    "{{ a.index(['<' | e, 1]) }}",
    "{{ [s | e, (s | e,), {s | e: s | e}] }}",
    "{{ a | map('k' | e) | list }}",
    "{{ (m | map(attribute='role.zz' | e) | list)[0].y }}",
    "{{ m | groupby('zz' | e) }}",
    "{{ m | sort(attribute='k,zz' | e) }}",
    "{{ m | selectattr('zz' | e, 'nope' | e) | list }}",
]


class Clock(datetime.datetime):
    """A clock that stands still."""

    @classmethod
    def now(cls, tz=None):
        """The moment of all cases."""
        return cls(2025, 3, 9, 14, 5, 7)


def line_of(error):
    """The template's line that an error comes from."""
    if type(error).__name__.startswith("Template") and getattr(error, "lineno", None) is not None:
        return error.lineno
    line, traceback = None, error.__traceback__
    while traceback:
        if traceback.tb_frame.f_code.co_filename == "<template>":
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line


def result_of(template):
    """What rendering a template gives."""
    try:
        compiled = utils._cached_compile_jinja_template(template)
        return {"rendered": compiled.render(**CONTEXT)}
    except RecursionError:
        return {"error": "maximum recursion depth exceeded", "error_type": "RecursionError"}
    except Exception as error:
        return {"error": str(error), "error_type": type(error).__name__, "line": line_of(error)}


def main():
    """Prints the context and all cases."""
    utils.datetime = Clock
    print(json.dumps({"context": CONTEXT}))
    for template in ["{{ " + expression + " }}" for expression in EXPRESSIONS] + TEMPLATES:
        print(json.dumps({"template": template, **result_of(template)}))


if __name__ == "__main__":
    main()
