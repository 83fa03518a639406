// node_modules/preact/dist/preact.mjs
var n, t, r, u, i, f, o, e, l, c, a, s, h = /* @__PURE__ */ Symbol.for("pv"), p = {}, y = [], v = /^m(i|n|o|s|text|space)$/, w = Array.isArray, d = y.slice, _ = Object.assign;
function g(n3) {
  n3 && n3.parentNode && n3.remove();
}
function k(n3, t4, r4) {
  var u4, i4, f5, o5 = {}, e4 = arguments.length;
  for (f5 in t4) f5 == "key" ? u4 = t4[f5] : f5 == "ref" && typeof n3 != "function" ? i4 = t4[f5] : o5[f5] = t4[f5];
  return e4 > 2 && (o5.children = e4 > 3 ? d.call(arguments, 2) : r4), m(n3, o5, u4, i4, null);
}
function m(r4, u4, i4, f5, o5) {
  var e4 = { type: r4, props: u4, key: i4, ref: f5, __k: null, __: null, __b: 0, __e: null, __c: null, constructor: h, __v: o5 || ++t, __i: -1, __u: 0 };
  return !o5 && n.vnode && n.vnode(e4), e4;
}
function $(n3) {
  return n3.children;
}
function x(n3, t4) {
  this.props = n3, this.context = t4, this.__g = 0;
}
function S(n3, t4) {
  if (t4 == null) return n3.__ && S(n3.__, n3.__i + 1);
  for (var r4; t4 < n3.__k.length; t4++) if ((r4 = n3.__k[t4]) && r4.__e) return r4.__e;
  return typeof n3.type != "function" || n3.props.__P ? null : S(n3);
}
function C(t4) {
  var r4, u4 = t4.__v, i4 = u4.__e, f5 = [], o5 = [], e4 = t4.__P;
  e4 && ((r4 = _({ constructor: h }, u4)).__v = u4.__v + 1, n.vnode && n.vnode(r4), z(e4, r4, u4, t4.__n, e4.namespaceURI, 32 & u4.__u ? [i4] : null, f5, i4 || S(u4), 32 & u4.__u, o5), r4.__v = u4.__v, r4.__.__k[r4.__i] = r4, E(f5, r4, o5), u4.__ = u4.__e = null, r4.__e != i4 && j(r4));
}
function j(n3) {
  if ((n3 = n3.__) && n3.__c && !n3.props.__P) return n3.__e = null, n3.__k.some(function(t4) {
    return t4 && (n3.__e = t4.__e);
  }), j(n3);
}
function L(t4) {
  (8 & t4.__g || (t4.__g |= 8, u.push(t4), f++)) && i == n.debounceRendering || ((i = n.debounceRendering) || queueMicrotask)(H);
}
function H() {
  try {
    for (var n3, t4 = 1; u.length; ) u.length > t4 && u.sort(o), n3 = u.shift(), t4 = u.length, 8 & n3.__g && C(n3);
  } finally {
    (f = u.length) && (i || queueMicrotask)(H);
  }
}
function I(n3, t4, r4, u4, i4, f5, o5, e4, l4, c4, a5) {
  var s4, h5, v4, w5, d5, _4, g5 = u4.__k || y, k4 = t4.length;
  for (l4 = q(r4, t4, g5, l4, k4), s4 = 0; s4 < k4; s4++) (v4 = r4.__k[s4]) != null && (h5 = ~v4.__i && g5[v4.__i] || p, v4.__i = s4, _4 = z(n3, v4, h5, i4, f5, o5, e4, l4, c4, a5), w5 = v4.__e, (h5.ref != v4.ref || 8 & h5.__u) && (h5.ref && G(h5.ref, null, v4, h5), v4.ref && a5.push(v4.ref, v4.__c || w5, v4)), d5 = d5 || w5, 4 & v4.__u ? (l4 = A(v4, l4, n3, !h5.__v), h5.__e && (h5.__e = null)) : typeof v4.type == "function" && _4 !== void 0 ? l4 = _4 : w5 && (l4 = w5.nextSibling), v4.__u &= -21);
  return r4.__e = d5, l4;
}
function q(n3, t4, r4, u4, i4) {
  var f5, o5, e4, l4, c4, a5, s4, p5, y5, v4 = r4.length, d5 = v4, _4 = 0, g5 = 0, k4 = n3.__k = Array(i4);
  for (f5 = 0; f5 < i4; f5++) (o5 = t4[f5]) != null && typeof o5 != "boolean" && typeof o5 != "function" ? (typeof o5 != "object" || o5.constructor === String ? o5 = k4[f5] = m(null, o5) : w(o5) ? o5 = k4[f5] = m($, { children: o5 }) : o5.constructor === h && o5.__b ? o5 = k4[f5] = m(o5.type, o5.props, o5.key, o5.ref, o5.__v) : k4[f5] = o5, l4 = f5 + _4, o5.__ = n3, o5.__b = n3.__b + 1, e4 = null, ~(c4 = o5.__i = P(o5, r4, l4, d5)) && (d5--, (e4 = r4[c4]) && (e4.__u |= 2)), e4 && e4.__v ? (o5.__u |= 16, c4 == l4 - 1 ? _4-- : c4 == l4 + 1 ? _4++ : c4 != l4 && (c4 > l4 ? _4-- : _4++, g5 = 1)) : (~c4 || (i4 > v4 ? _4-- : i4 < v4 && _4++), typeof o5.type != "function" && (o5.__u |= 4))) : k4[f5] = null;
  if (g5) {
    for (a5 = [], s4 = [], f5 = 0; f5 < i4; f5++) if ((o5 = k4[f5]) && 16 & o5.__u) {
      for (_4 = 0, p5 = a5.length; _4 < p5; ) a5[y5 = _4 + p5 >> 1] < o5.__i ? _4 = y5 + 1 : p5 = y5;
      a5[_4] = o5.__i, s4[f5] = _4 + 1;
    }
    for (_4 = a5.length; f5--; ) s4[f5] && (s4[f5] == _4 ? _4-- : k4[f5].__u |= 4);
  }
  if (d5) for (f5 = 0; f5 < v4; f5++) !(e4 = r4[f5]) || 2 & e4.__u || (e4.__e == u4 && (u4 = S(e4)), J(e4, e4));
  return u4;
}
function A(n3, t4, r4, u4) {
  var i4, f5, o5, e4;
  if (typeof n3.type == "function") {
    if (n3.props.__P) return t4;
    if (i4 = n3.__k) for (f5 = 0; f5 < i4.length; f5++) i4[f5] && (i4[f5].__ = n3, t4 = A(i4[f5], t4, r4, !1));
    return t4;
  }
  for (t4 && !t4.parentNode && (t4 = S(n3)) && !t4.parentNode && (t4 = null), o5 = n3.__e, e4 = t4; e4 && e4.nodeType == 8; ) e4 = e4.nextSibling;
  for (o5 != e4 && (!u4 && r4.moveBefore && o5.parentNode ? r4.moveBefore(o5, t4) : r4.insertBefore(o5, t4 || null)), t4 = o5; (t4 = t4 && t4.nextSibling) && t4.nodeType == 8 && !t4.data.startsWith("$s"); ) ;
  return t4;
}
function P(n3, t4, r4, u4) {
  var i4, f5 = n3.key, o5 = n3.type, e4 = t4[r4], l4 = e4 && !(2 & e4.__u);
  if (e4 === null && f5 == null || l4 && f5 == e4.key && o5 == e4.type) return r4;
  if (u4 > (l4 ? 1 : 0)) {
    for (i4 = r4 - 1; i4 >= 0; i4--) if ((e4 = t4[i4]) && !(2 & e4.__u) && f5 == e4.key && o5 == e4.type) return i4;
    for (i4 = r4 + 1; i4 < t4.length; i4++) if ((e4 = t4[i4]) && !(2 & e4.__u) && f5 == e4.key && o5 == e4.type) return i4;
  }
  return -1;
}
function T(n3, t4, r4) {
  r4 == null && (r4 = ""), t4[0] == "-" ? n3.setProperty(t4, r4) : n3[t4] = r4;
}
function N(n3, t4, r4, u4, i4) {
  var f5, o5;
  if (t4 == "style") if (typeof r4 == "string") n3.style.cssText = r4;
  else {
    if (typeof u4 == "string" && (n3.style.cssText = u4 = ""), u4) for (t4 in u4) r4 && t4 in r4 || T(n3.style, t4);
    if (r4) for (t4 in r4) u4 && r4[t4] == u4[t4] || T(n3.style, t4, r4[t4]);
  }
  else if (t4[0] == "o" && t4[1] == "n") typeof r4 != "function" && (r4 = null), typeof u4 != "function" && (u4 = null), (n3.__e || (n3.__e = {}))[t4] = r4, r4 && u4 || (o5 = a[t4] || (a[t4] = V(t4)), (n3.__a || (n3.__a = {}))[t4] = c, f5 = t4 != (t4 = t4.replace(l, "$1")), (t4 = t4.slice(2))[0] < "a" && (t4 = t4.toLowerCase()), r4 ? n3.addEventListener(t4, o5, f5) : n3.removeEventListener(t4, o5, f5));
  else {
    if (i4 == "http://www.w3.org/2000/svg") t4 = t4.replace(/xlink(H|:h)/, "h").replace(/sName$/, "s");
    else if (t4 != "width" && t4 != "height" && t4 != "href" && t4 != "list" && t4 != "form" && t4 != "tabIndex" && t4 != "download" && t4 != "rowSpan" && t4 != "colSpan" && t4 != "role" && t4 != "popover" && t4 in n3) try {
      return void (n3[t4] = r4 ?? "");
    } catch {
    }
    if (typeof r4 == "function") return;
    r4 == null || r4 === !1 && t4[4] != "-" ? n3.removeAttribute(t4) : n3.setAttribute(t4, t4 == "popover" && r4 == 1 ? "" : r4);
  }
}
function V(t4) {
  return function(r4) {
    var u4 = this.__e;
    if (u4) {
      if (u4 = u4[t4], r4[e] == null) r4[e] = c++;
      else if (r4[e] < this.__a[t4]) return;
      return u4(n.event ? n.event(r4) : r4);
    }
  };
}
function z(t4, r4, u4, i4, f5, o5, e4, l4, c4, a5) {
  var s4, p5, v4, d5, k4, b3, m5, M2, C3, j3, L2, H2, q2, A4, O2, P2, T4, N2, V2 = r4.type;
  if (r4.constructor !== h) return null;
  128 & u4.__u && (c4 = 32 & u4.__u, s4 = u4.__c.__z) && (r4.__u |= c4, p5 = o5 = [], s4.nodeType == 8 ? l4 = B(s4, o5) : o5.push(s4), l4 = o5[0] || l4), (s4 = n.__b) && s4(r4);
  n: if (typeof V2 == "function") {
    v4 = e4.length;
    try {
      if (M2 = r4.props, C3 = (s4 = V2.prototype) && s4.render, j3 = (s4 = V2.contextType) && i4[s4.__c], L2 = s4 ? j3 ? j3.props.value : s4.__ : i4, (d5 = u4.__c) ? (r4.__c = d5, 2 & d5.__g && (d5.__g |= 1)) : (C3 ? r4.__c = d5 = new V2(M2, L2) : (r4.__c = d5 = new x(M2, L2), d5.constructor = V2, d5.render = K), j3 && j3.sub(d5), d5.state || (d5.state = {}), d5.__n = i4, d5.__g |= 8, d5.__h = [], d5.__k = []), C3 && (d5.__s || (d5.__s = d5.state), V2.getDerivedStateFromProps && (d5.__s == d5.state && (d5.__s = _({}, d5.__s)), _(d5.__s, V2.getDerivedStateFromProps(M2, d5.__s)))), k4 = d5.props, b3 = d5.state, d5.__v = r4, u4.__c) {
        if (M2 !== k4 && C3 && !V2.getDerivedStateFromProps && d5.componentWillReceiveProps && d5.componentWillReceiveProps(M2, L2), r4.__v == u4.__v && !(8 & d5.__g) || !(4 & d5.__g) && d5.shouldComponentUpdate && d5.shouldComponentUpdate(M2, d5.__s, L2) === !1) {
          r4.__v != u4.__v && (d5.props = M2, d5.state = d5.__s, d5.__g &= -9), r4.__e = u4.__e, r4.__k = u4.__k, r4.__k.some(function(n3) {
            n3 && (n3.__ = r4);
          }), y.push.apply(d5.__h, d5.__k), d5.__k = [], d5.__h.length && e4.push(d5), l4 = S(u4);
          break n;
        }
        d5.componentWillUpdate && d5.componentWillUpdate(M2, d5.__s, L2), C3 && d5.componentDidUpdate && d5.__h.push(function() {
          d5.componentDidUpdate(k4, b3, m5);
        });
      } else C3 && !V2.getDerivedStateFromProps && d5.componentWillMount && d5.componentWillMount(), C3 && d5.componentDidMount && d5.__h.push(d5.componentDidMount);
      d5.context = L2, d5.props = M2, d5.__P = t4, d5.__g &= -5, H2 = n.__r, q2 = C3 ? 25 : 0;
      do
        d5.__g &= -9, H2 && H2(r4), s4 = d5.render(d5.props, d5.state = d5.__s, d5.context);
      while (8 & d5.__g && ++q2 < 25);
      C3 && (y.push.apply(d5.__h, d5.__k), d5.__k = []), d5.state = d5.__s, d5.getChildContext && (i4 = _({}, i4, d5.getChildContext())), C3 && u4.__c && d5.getSnapshotBeforeUpdate && (m5 = d5.getSnapshotBeforeUpdate(k4, b3)), A4 = s4 && s4.type === $ && s4.key == null ? s4.props.children : s4, M2.__P && (s4 = l4, f5 = (t4 = M2.__P).namespaceURI, c4 = o5 = null, u4.props && u4.props.__P != t4 && (u4.__k.some(function(n3) {
        n3 && J(n3, n3);
      }), u4.__k = null), l4 = u4.__k ? S(u4, 0) : null), l4 = I(t4, w(A4) ? A4 : [A4], r4, u4, i4, f5, o5, e4, l4, c4, a5), M2.__P && (r4.__e = null, l4 = s4), r4.__u &= -161, p5 && p5.some(g), d5.__h.length && e4.push(d5), 1 & d5.__g && (d5.__g &= -4);
    } catch (t5) {
      if (e4.length = v4, r4.__v = null, c4 || o5) if (t5 && t5.then) {
        if (r4.__u |= 128 | c4, o5) {
          for (~(T4 = o5.indexOf(l4 || void 0)) || (T4 = o5.length); (N2 = o5[T4 - 1]) && N2.nodeType == 8; ) T4--;
          for (; T4 < o5.length; T4++) if (N2 = o5[T4]) if (o5[T4] = null, O2) {
            if (N2 == P2) break;
          } else {
            if (N2.nodeType != 8) break;
            N2.data.startsWith("$s") && (P2 = B(O2 = N2));
          }
        }
        if (!O2) {
          for (; l4 && l4.nodeType == 8 && l4.nextSibling; ) l4 = l4.nextSibling;
          O2 = l4;
        }
        (s4 = B(O2 = r4.__c.__z || (r4.__c.__z = O2))) ? (r4.__e = O2, l4 = s4) : r4.__e = l4, l4 = l4 && l4.nextSibling;
      } else o5 && o5.some(g);
      else r4.__e = u4.__e;
      r4.__k || (r4.__k = u4.__k || []), t5 && t5.then || D(r4), n.__e(t5, r4, u4);
    }
  } else l4 = r4.__e = F(u4.__e, r4, u4, i4, f5, o5, e4, c4, a5, t4);
  return (s4 = n.diffed) && s4(r4), l4;
}
function B(n3, t4) {
  if (n3 && n3.nodeType == 8 && n3.data.startsWith("$s")) for (var r4 = 1; n3 = n3.nextSibling; ) {
    if (n3.nodeType == 8) {
      if (n3.data.startsWith("$s")) r4++;
      else if (n3.data.startsWith("/$s") && !--r4) return n3;
    }
    t4 && t4.push(n3);
  }
}
function D(n3) {
  n3 && (n3.__c && (n3.__c.__g |= 4), n3.__k && n3.__k.some(D));
}
function E(t4, r4, u4) {
  for (var i4 = 0; i4 < u4.length; ) G(u4[i4++], u4[i4++], u4[i4++]);
  n.__c && n.__c(r4, t4), t4.some(function(r5) {
    try {
      t4 = r5.__h, r5.__h = [], t4.some(function(n3) {
        n3.call(r5);
      });
    } catch (t5) {
      n.__e(t5, r5.__v);
    }
  });
}
function F(t4, r4, u4, i4, f5, o5, e4, l4, c4, a5) {
  var s4, h5, y5, _4, k4, b3, m5, M2, $2 = u4.props || p, x3 = r4.props, C3 = r4.type;
  if (C3 == "svg" ? f5 = "http://www.w3.org/2000/svg" : C3 == "math" ? f5 = "http://www.w3.org/1998/Math/MathML" : f5 || (f5 = "http://www.w3.org/1999/xhtml"), o5) {
    for (s4 = 0; s4 < o5.length; s4++) if ((k4 = o5[s4]) && (C3 ? k4.localName == C3 : k4.nodeType == 3)) {
      t4 = k4, o5[s4] = null;
      break;
    }
  }
  if (!t4) {
    if (M2 = a5.ownerDocument || document, !C3) return M2.createTextNode(x3);
    t4 = M2.createElementNS(f5, C3, x3.is ? x3 : a5), l4 && (n.__m && n.__m(r4, o5), l4 = !1), o5 = null;
  }
  if (C3) {
    if (a5 = C3 == "template" && t4.content || t4, o5 = C3 == "textarea" && x3.defaultValue != null ? null : o5 && d.call(a5.childNodes), !l4 && o5) for ($2 = {}, s4 = 0; s4 < t4.attributes.length; s4++) $2[(k4 = t4.attributes[s4]).name] = k4.value;
    for (s4 in $2) k4 = $2[s4], s4 == "dangerouslySetInnerHTML" ? y5 = k4 : s4 == "children" || s4 in x3 || s4 == "value" && "defaultValue" in x3 || s4 == "checked" && "defaultChecked" in x3 || N(t4, s4, null, k4, f5);
    for (s4 in x3) k4 = x3[s4], s4 == "children" ? _4 = k4 : s4 == "dangerouslySetInnerHTML" ? h5 = k4 : s4 == "value" ? b3 = k4 : s4 == "checked" ? m5 = k4 : l4 && typeof k4 != "function" || $2[s4] === k4 || N(t4, s4, k4, $2[s4], f5);
    h5 ? (l4 || y5 && (h5.__html == y5.__html || h5.__html == t4.innerHTML) || (t4.innerHTML = h5.__html), r4.__k = []) : (y5 && (t4.textContent = ""), (C3 == "foreignObject" || f5 == "http://www.w3.org/1998/Math/MathML" && v.test(C3)) && (f5 = "http://www.w3.org/1999/xhtml"), I(a5, w(_4) ? _4 : [_4], r4, u4, i4, f5, o5, e4, o5 ? o5[0] : u4.__k && S(u4, 0), l4, c4), o5 && o5.some(g)), l4 && C3 != "textarea" || (s4 = "value", C3 == "progress" && b3 == null ? t4.removeAttribute(s4) : b3 == null || b3 === t4[s4] && (C3 != "progress" || b3) || N(t4, s4, b3, $2[s4], f5), s4 = "checked", m5 != null && m5 != t4[s4] && N(t4, s4, m5, $2[s4], f5));
  } else $2 === x3 || l4 && t4.data == x3 || (t4.data = x3);
  return t4;
}
function G(t4, r4, u4, i4) {
  try {
    typeof t4 == "function" ? r4 ? r4.__x = t4(r4) || 1 : i4 && (i4 = i4.__c || i4.__e) && (r4 = i4.__x) && (i4.__x = null, typeof r4 == "function" ? r4() : t4(null)) : t4.current = r4;
  } catch (t5) {
    n.__e(t5, u4);
  }
}
function J(t4, r4, u4) {
  var i4, f5, o5, e4;
  if (n.unmount && n.unmount(t4), !(i4 = t4.ref) || i4.current && i4.current != t4.__e || G(i4, null, r4, t4), i4 = t4.__c) {
    if (i4.componentWillUnmount) try {
      i4.componentWillUnmount();
    } catch (t5) {
      n.__e(t5, r4);
    }
    i4.__P = i4.__n = null;
  }
  if (i4 = t4.__k) for (e4 = 0; e4 < i4.length; e4++) i4[e4] && J(i4[e4], r4, typeof t4.type != "function" || u4 && !t4.props.__P);
  !u4 && (i4 = t4.__c) && (i4 = i4.__z) && (f5 = B(i4, o5 = [])) && (i4 == t4.__e && o5.some(g), g(f5), g(i4)), u4 || g(t4.__e), t4.__e = t4.__c = t4.__ = null;
}
function K(n3, t4, r4) {
  return this.constructor(n3, r4);
}
function Q(t4, r4) {
  var u4, i4, f5, o5;
  n.__ && n.__(t4, r4), r4.nodeType == 9 && (r4 = r4.documentElement), i4 = (u4 = t4 && 32 & t4.__u) ? null : r4.__k, r4.__k = m($, { children: [t4] }), f5 = [], o5 = [], z(r4, r4.__k, i4 || p, p, r4.namespaceURI, i4 ? null : r4.firstChild ? d.call(r4.childNodes) : null, f5, i4 ? i4.__e : r4.firstChild, u4, o5), E(f5, r4.__k, o5), r4.__k.props.children = null;
}
n = { __e: function(n3, t4, r4, u4) {
  for (var i4, o5, e4; t4 = t4.__; ) if ((i4 = t4.__c) && !(1 & i4.__g)) {
    i4.__g |= 4;
    try {
      if ((e4 = (o5 = i4.constructor) && o5.getDerivedStateFromError) && i4.setState(o5.getDerivedStateFromError(n3)), i4.componentDidCatch && (i4.componentDidCatch(n3, u4 || {}), e4 = 1), e4 && 8 & i4.__g) return void (i4.__g |= 2);
    } catch (t5) {
      n3 = t5;
    }
  }
  throw f = 0, n3;
} }, t = 0, r = function(n3) {
  return n3 != null && n3.constructor === h;
}, x.prototype.setState = function(n3, t4) {
  var r4 = this.__s;
  r4 && r4 != this.state || (r4 = this.__s = _({}, this.state)), typeof n3 == "function" && (n3 = n3(_({}, r4), this.props)), n3 && (_(r4, n3), this.__v && (t4 && this.__k.push(t4), L(this)));
}, x.prototype.forceUpdate = function(n3) {
  this.__v && (this.__g |= 4, n3 && this.__h.push(n3), L(this));
}, x.prototype.render = $, u = [], f = 0, o = function(n3, t4) {
  return n3.__v.__b - t4.__v.__b;
}, e = /* @__PURE__ */ Symbol(), l = /(PointerCapture)$|Capture$/i, c = 0, a = {}, s = 0;

// node_modules/preact/hooks/dist/hooks.mjs
var t2, r2, u2, i2, o2 = Object.is, f2 = 0, c2 = [], e2 = [], a2 = n, v2 = a2.__b, l2 = a2.__r, m2 = a2.diffed, h2 = a2.__c, s2 = a2.unmount, p2 = a2.__;
function y2(n3, t4) {
  a2.__h && a2.__h(r2, n3, f2 || t4), f2 = 0;
  var u4 = r2.__H || (r2.__H = { __: [], __h: [] });
  return n3 >= u4.__.length && u4.__.push({}), u4.__[n3];
}
function d2(n3) {
  return f2 = 1, _2(G2, n3);
}
function _2(n3, u4, i4) {
  var f5 = y2(t2++, 2);
  if (f5.t = n3, !f5.__c && (f5.__ = [i4 ? i4(u4) : G2(void 0, u4), function(n4) {
    var t4 = (f5.__N || f5.__)[0], r4 = f5.t(t4, n4);
    o2(t4, r4) || (f5.__N = [r4, f5.__[1]], f5.__c.setState({}));
  }], f5.__c = r2, !r2.__f)) {
    r2.__f = !0;
    var c4 = r2.shouldComponentUpdate;
    r2.shouldComponentUpdate = function(n4, t4, r4) {
      var u5 = this.__H;
      if (!u5) return !0;
      var i5 = !1, f6 = this.props != n4;
      if (u5.__.some(function(n5) {
        n5.__N && (i5 = !0, o2(n5.__[0], n5.__N[0]) || (f6 = !0));
      }), c4) {
        var e4 = c4.call(this, n4, t4, r4);
        return i5 ? e4 || f6 : e4;
      }
      return !i5 || f6;
    };
  }
  return f5.__;
}
function A2(n3, u4) {
  var i4 = y2(t2++, 3);
  !a2.__s && E2(i4.__H, u4) && (i4.__P = !0, i4.__ = n3, i4.u = u4, r2.__H.__h.push(i4));
}
function T2(n3) {
  return f2 = 5, w2(function() {
    return { current: n3 };
  }, []);
}
function w2(n3, r4) {
  var u4 = y2(t2++, 7);
  return E2(u4.__H, r4) && (u4.__ = n3(), u4.__H = r4), u4.__;
}
function g2() {
  var n3;
  do {
    for (; n3 = e2.shift(); ) try {
      C2(n3);
    } catch (t5) {
      a2.__e(t5, { __: (n3 = n3.__P) && n3.__v });
    }
    for (; n3 = c2.shift(); ) {
      var t4 = n3.__H;
      if (n3.__P && t4) try {
        t4.__h.some(C2), t4.__h.some(D2), t4.__h = [];
      } catch (r4) {
        t4.__h = [], a2.__e(r4, n3.__v);
      }
    }
  } while (e2.length);
}
a2.__b = function(n3) {
  r2 = null, v2 && v2(n3);
}, a2.__ = function(n3, t4) {
  n3 && t4.__k && t4.__k.__m && (n3.__m = t4.__k.__m), p2 && p2(n3, t4);
}, a2.__r = function(n3) {
  l2 && l2(n3), t2 = 0;
  var i4 = (r2 = n3.__c).__H;
  i4 && (u2 == r2 ? r2.__h = [] : (i4.__h.some(C2), i4.__h.some(D2), t2 = 0), i4.__h = [], i4.__.some(function(n4) {
    n4.__N && (n4.__ = n4.__N), n4.u = n4.__N = void 0;
  })), u2 = r2;
}, a2.diffed = function(n3) {
  m2 && m2(n3);
  var t4 = n3.__c;
  t4 && t4.__H && (t4.__H.__h.length && B2(c2.push(t4)), t4.__H.__.some(function(n4) {
    n4.u && (n4.__H = n4.u);
  })), u2 = r2 = null;
}, a2.__c = function(n3, t4) {
  t4.some(function(n4) {
    try {
      n4.__h.some(C2), n4.__h = n4.__h.filter(function(n5) {
        return !n5.__ || D2(n5);
      });
    } catch (t5) {
      n4.__h = [function() {
        throw t5;
      }];
    }
  }), h2 && h2(n3, t4);
}, a2.unmount = function(n3) {
  s2 && s2(n3);
  var t4, r4, u4 = n3.__c;
  u4 && u4.__H && (u4.__H.__.some(function(u5) {
    try {
      if (u5.__P && u5.__c) {
        if (r4 === void 0) {
          for (r4 = n3.__; r4 && (!r4.__c || !r4.__c.__P); ) r4 = r4.__;
          r4 = r4 && r4.__c;
        }
        u5.__P = r4, B2(e2.push(u5));
      } else C2(u5);
    } catch (n4) {
      t4 = n4;
    }
  }), u4.__H = void 0, t4 && a2.__e(t4, u4.__v));
};
var k2 = typeof requestAnimationFrame == "function";
function z2(n3) {
  var t4, r4 = function() {
    clearTimeout(u4), k2 && cancelAnimationFrame(t4), setTimeout(n3);
  }, u4 = setTimeout(r4, 35);
  k2 && (t4 = requestAnimationFrame(r4));
}
function B2(n3) {
  n3 != 1 && i2 == a2.requestAnimationFrame || ((i2 = a2.requestAnimationFrame) || z2)(g2);
}
function C2(n3) {
  var t4 = r2, u4 = n3.__c;
  typeof u4 == "function" && (n3.__c = void 0, u4()), r2 = t4;
}
function D2(n3) {
  var t4 = r2;
  n3.__c = n3.__(), r2 = t4;
}
function E2(n3, t4) {
  return !n3 || n3.length != t4.length || t4.some(function(t5, r4) {
    return !o2(t5, n3[r4]);
  });
}
function G2(n3, t4) {
  return typeof t4 == "function" ? t4(n3) : t4;
}

// node_modules/@preact/signals-core/dist/signals-core.module.js
var i3 = /* @__PURE__ */ Symbol.for("preact-signals");
function t3() {
  if (v3 > 1)
    v3--;
  else {
    var i4, t4 = !1;
    for ((function() {
      var i5 = c3;
      for (c3 = void 0; i5 !== void 0; ) {
        var t5 = i5.S;
        if (t5.v === i5.v) for (var r5 = t5.t; r5 !== void 0; r5 = r5.x) r5.i === i5.i && (r5.i = t5.i);
        i5 = i5.o;
      }
    })(); h3 !== void 0; ) {
      var r4 = h3;
      for (h3 = void 0, s3++; r4 !== void 0; ) {
        var n3 = r4.u;
        if (r4.u = void 0, r4.f &= -3, !(8 & r4.f) && w3(r4)) try {
          r4.c();
        } catch (r5) {
          t4 || (i4 = r5, t4 = !0);
        }
        r4 = n3;
      }
    }
    if (s3 = 0, v3--, t4) throw i4;
  }
}
function r3(i4) {
  if (v3 > 0) return i4();
  u3 = ++e3, v3++;
  try {
    return i4();
  } finally {
    t3();
  }
}
var n2, o3 = void 0;
function f3(i4) {
  var t4 = o3, r4 = n2;
  o3 = void 0, n2 = void 0;
  try {
    return i4();
  } finally {
    o3 = t4, n2 = r4;
  }
}
var h3 = void 0, v3 = 0, s3 = 0, e3 = 0, u3 = 0, c3 = void 0, a3 = 0;
function d3(i4) {
  if (o3 !== void 0) {
    var t4 = i4.n;
    if (t4 === void 0 || t4.t !== o3)
      return t4 = { i: 0, S: i4, p: o3.s, n: void 0, t: o3, e: void 0, x: void 0, r: t4 }, o3.s !== void 0 && (o3.s.n = t4), o3.s = t4, i4.n = t4, 32 & o3.f && i4.S(t4), t4;
    if (t4.i === -1)
      return t4.i = 0, t4.n !== void 0 && (t4.n.p = t4.p, t4.p !== void 0 && (t4.p.n = t4.n), t4.p = o3.s, t4.n = void 0, o3.s.n = t4, o3.s = t4), t4;
  }
}
function l3(i4, t4) {
  this.v = i4, this.i = 0, this.n = void 0, this.t = void 0, this.l = 0, this.W = t4?.watched, this.Z = t4?.unwatched, this.name = t4?.name;
}
l3.prototype.brand = i3;
l3.prototype.h = function() {
  return !0;
};
l3.prototype.S = function(i4) {
  var t4 = this, r4 = this.t;
  r4 !== i4 && i4.e === void 0 && (i4.x = r4, this.t = i4, r4 !== void 0 ? r4.e = i4 : f3(function() {
    var i5;
    (i5 = t4.W) == null || i5.call(t4);
  }));
};
l3.prototype.U = function(i4) {
  var t4 = this;
  if (this.t !== void 0) {
    var r4 = i4.e, n3 = i4.x;
    r4 !== void 0 && (r4.x = n3, i4.e = void 0), n3 !== void 0 && (n3.e = r4, i4.x = void 0), i4 === this.t && (this.t = n3, n3 === void 0 && f3(function() {
      var i5;
      (i5 = t4.Z) == null || i5.call(t4);
    }));
  }
};
l3.prototype.subscribe = function(i4) {
  var t4 = this;
  return x2(function() {
    var r4 = t4.value;
    f3(function() {
      return i4(r4);
    });
  }, { name: "sub" });
};
l3.prototype.valueOf = function() {
  return this.value;
};
l3.prototype.toString = function() {
  return this.value + "";
};
l3.prototype.toJSON = function() {
  return this.value;
};
l3.prototype.peek = function() {
  var i4 = this;
  return f3(function() {
    return i4.value;
  });
};
Object.defineProperty(l3.prototype, "value", { get: function() {
  var i4 = d3(this);
  return i4 !== void 0 && (i4.i = this.i), this.v;
}, set: function(i4) {
  if (i4 !== this.v) {
    if (s3 > 100) throw new Error("Cycle detected");
    (function(i5) {
      v3 !== 0 && s3 === 0 && i5.l !== u3 && (i5.l = u3, c3 = { S: i5, v: i5.v, i: i5.i, o: c3 });
    })(this), this.v = i4, this.i++, a3++, v3++;
    try {
      for (var r4 = this.t; r4 !== void 0; r4 = r4.x) r4.t.N();
    } finally {
      t3();
    }
  }
} });
function y3(i4, t4) {
  return new l3(i4, t4);
}
function w3(i4) {
  for (var t4 = i4.s; t4 !== void 0; t4 = t4.n) if (t4.S.i !== t4.i || !t4.S.h() || t4.S.i !== t4.i) return !0;
  return !1;
}
function b(i4) {
  for (var t4 = i4.s; t4 !== void 0; t4 = t4.n) {
    var r4 = t4.S.n;
    if (r4 !== void 0 && (t4.r = r4), t4.S.n = t4, t4.i = -1, t4.n === void 0) {
      i4.s = t4;
      break;
    }
  }
}
function _3(i4) {
  for (var t4 = i4.s, r4 = void 0; t4 !== void 0; ) {
    var n3 = t4.p;
    t4.i === -1 ? (t4.S.U(t4), n3 !== void 0 && (n3.n = t4.n), t4.n !== void 0 && (t4.n.p = n3)) : r4 = t4, t4.S.n = t4.r, t4.r !== void 0 && (t4.r = void 0), t4 = n3;
  }
  i4.s = r4;
}
function j2(i4, t4) {
  l3.call(this, void 0, t4), this.x = i4, this.s = void 0, this.g = a3 - 1, this.f = 4;
}
j2.prototype = new l3();
j2.prototype.h = function() {
  if (this.f &= -3, 1 & this.f) return !1;
  if ((36 & this.f) == 32 || (this.f &= -5, this.g === a3)) return !0;
  if (this.g = a3, this.f |= 1, this.i > 0 && !w3(this))
    return this.f &= -2, !0;
  var i4 = o3;
  try {
    b(this), o3 = this;
    var t4 = this.x();
    (16 & this.f || this.v !== t4 || this.i === 0) && (this.v = t4, this.f &= -17, this.i++);
  } catch (i5) {
    this.v = i5, this.f |= 16, this.i++;
  }
  return o3 = i4, _3(this), this.f &= -2, !0;
};
j2.prototype.S = function(i4) {
  if (this.t === void 0) {
    this.f |= 36;
    for (var t4 = this.s; t4 !== void 0; t4 = t4.n) t4.S.S(t4);
  }
  l3.prototype.S.call(this, i4);
};
j2.prototype.U = function(i4) {
  if (this.t !== void 0 && (l3.prototype.U.call(this, i4), this.t === void 0)) {
    this.f &= -33;
    for (var t4 = this.s; t4 !== void 0; t4 = t4.n) t4.S.U(t4);
  }
};
j2.prototype.N = function() {
  if (!(2 & this.f)) {
    this.f |= 6;
    for (var i4 = this.t; i4 !== void 0; i4 = i4.x) i4.t.N();
  }
};
Object.defineProperty(j2.prototype, "value", { get: function() {
  if (1 & this.f) throw new Error("Cycle detected");
  var i4 = d3(this);
  if (this.h(), i4 !== void 0 && (i4.i = this.i), 16 & this.f) throw this.v;
  return this.v;
} });
function O(i4, t4) {
  return new j2(i4, t4);
}
function p3(i4) {
  var r4 = i4.j;
  if (i4.j = void 0, typeof r4 == "function") {
    v3++;
    var n3 = o3;
    o3 = void 0;
    try {
      r4();
    } catch (t4) {
      throw i4.f &= -2, i4.f |= 8, g3(i4), t4;
    } finally {
      o3 = n3, t3();
    }
  }
}
function g3(i4) {
  for (var t4 = i4.s; t4 !== void 0; t4 = t4.n) t4.S.U(t4);
  i4.x = void 0, i4.s = void 0, p3(i4);
}
function S2(i4) {
  if (o3 !== this) throw new Error("Out-of-order effect");
  _3(this), o3 = i4, this.f &= -2;
  try {
    8 & this.f && g3(this);
  } finally {
    t3();
  }
}
function m3(i4, t4) {
  this.x = i4, this.j = void 0, this.s = void 0, this.u = void 0, this.f = 32, this.name = t4?.name, n2 && n2.push(this);
}
m3.prototype.c = function() {
  var i4 = this.S();
  try {
    if (8 & this.f || this.x === void 0) return;
    var t4 = this.x();
    typeof t4 == "function" && (this.j = t4);
  } finally {
    i4();
  }
};
m3.prototype.S = function() {
  if (1 & this.f) throw new Error("Cycle detected");
  this.f |= 1, this.f &= -9, p3(this), b(this), v3++;
  var i4 = o3;
  return o3 = this, S2.bind(this, i4);
};
m3.prototype.N = function() {
  2 & this.f || (this.f |= 2, this.u = h3, h3 = this);
};
m3.prototype.d = function() {
  this.f |= 8, 1 & this.f || g3(this);
};
m3.prototype.dispose = function() {
  this.d();
};
function x2(i4, t4) {
  var r4 = new m3(i4, t4);
  try {
    r4.c();
  } catch (i5) {
    throw r4.d(), i5;
  }
  var n3 = r4.d.bind(r4);
  return n3[Symbol.dispose] = n3, n3;
}

// node_modules/@preact/signals/dist/signals.module.js
var h4, d4, p4, m4 = typeof window < "u" && !!window.__PREACT_SIGNALS_DEVTOOLS__;
var g4 = [];
x2(function() {
  h4 = this.N;
})();
function b2(i4, n3) {
  n[i4] = n3.bind(null, n[i4] || function() {
  });
}
function y4(i4) {
  if (p4) {
    var n3 = p4;
    p4 = void 0, n3();
  }
  p4 = i4 && i4.S();
}
function w4(i4) {
  var n3 = this, r4 = i4.data, t4 = useSignal(r4);
  t4.name = "ReactiveDom", t4.value = r4;
  var e4 = w2(function() {
    for (var i5 = n3, r5 = n3.__v; r5 = r5.__; ) if (r5.__c) {
      r5.__c.__$f |= 4;
      break;
    }
    var o5 = O(function() {
      var i6 = t4.value.value;
      return i6 === 0 ? 0 : i6 === !0 ? "" : i6 || "";
    }), e5 = O(function() {
      return !Array.isArray(o5.value) && !r(o5.value);
    }), u5 = x2(function() {
      if (this.N = M, e5.value) {
        var n4 = o5.value;
        i5.__v && i5.__v.__e && i5.__v.__e.nodeType === 3 && (i5.__v.__e.data = n4);
      }
    }), c5 = n3.__$u.d;
    return n3.__$u.d = function() {
      u5(), c5.call(this);
    }, [e5, o5];
  }, []), u4 = e4[0], c4 = e4[1];
  return u4.value ? c4.peek() : c4.value;
}
w4.displayName = "ReactiveTextNode";
Object.defineProperties(l3.prototype, { constructor: { configurable: !0, value: k($, null).constructor }, type: { configurable: !0, value: w4 }, props: { configurable: !0, get: function() {
  var i4 = this;
  return { data: { get value() {
    return i4.value;
  } } };
} }, __b: { configurable: !0, value: 1 } });
b2("__b", function(i4, n3) {
  if (y4(), d4 = void 0, typeof n3.type == "string") {
    var r4, t4 = n3.props;
    for (var f5 in t4) if (f5 !== "children") {
      var o5 = t4[f5];
      o5 instanceof l3 && (r4 || (n3.__np = r4 = {}), r4[f5] = o5, t4[f5] = o5.peek());
    }
  }
  i4(n3);
});
b2("__r", function(i4, r4) {
  if (i4(r4), r4.type !== $) {
    y4();
    var t4, f5 = r4.__c;
    f5 && (f5.__$f &= -2, (t4 = f5.__$u) === void 0 && (f5.__$u = t4 = (function(i5, n3) {
      var r5;
      return x2(function() {
        r5 = this;
      }, { name: n3 }), r5.c = i5, r5;
    })(/* @__PURE__ */ (function(i5) {
      return function() {
        var n3;
        m4 && ((n3 = this.y) == null || n3.call(this)), i5.__$f |= 1, i5.setState({});
      };
    })(f5), typeof r4.type == "function" ? r4.type.displayName || r4.type.name : ""))), d4 = f5, y4(t4);
  }
});
b2("__e", function(i4, n3, r4, t4) {
  y4(), d4 = void 0, i4(n3, r4, t4);
});
b2("diffed", function(i4, n3) {
  y4(), d4 = void 0;
  var r4;
  if (typeof n3.type == "string" && (r4 = n3.__e)) {
    var t4 = n3.__np, f5 = n3.props, o5 = r4.U;
    if (o5) for (var e4 in o5) {
      var u4 = o5[e4];
      u4 === void 0 || t4 && e4 in t4 || (u4.d(), o5[e4] = void 0);
    }
    if (t4) {
      o5 || (o5 = {}, r4.U = o5);
      for (var a5 in t4) {
        var c4 = o5[a5], v4 = t4[a5];
        c4 === void 0 ? (c4 = k3(r4, a5, v4, f5), o5[a5] = c4) : c4.o(v4, f5);
      }
    }
  }
  i4(n3);
});
function k3(i4, n3, r4, t4) {
  var f5 = n3 in i4 && i4.ownerSVGElement === void 0, o5 = y3(r4);
  return { o: function(i5, n4) {
    o5.value = i5, t4 = n4;
  }, d: x2(function() {
    this.N = M;
    var r5 = o5.value.value;
    t4[n3] !== r5 && (t4[n3] = r5, f5 ? i4[n3] = r5 : r5 != null && (r5 !== !1 || n3[4] === "-") ? i4.setAttribute(n3, r5) : i4.removeAttribute(n3));
  }) };
}
b2("unmount", function(i4, n3) {
  if (typeof n3.type == "string") {
    var r4 = n3.__e;
    if (r4) {
      var t4 = r4.U;
      if (t4) {
        r4.U = void 0;
        for (var f5 in t4) {
          var o5 = t4[f5];
          o5 && o5.d();
        }
      }
    }
    var e4 = n3.__np;
    if (e4) {
      var u4 = n3.props;
      for (var a5 in e4) u4[a5] = e4[a5];
    }
    n3.__np = void 0;
  } else {
    var c4 = n3.__c;
    if (c4) {
      c4.__$f |= 8;
      var v4 = c4.__$u;
      v4 && (c4.__$u = void 0, v4.d());
    }
  }
  i4(n3);
});
b2("__h", function(i4, n3, r4, t4) {
  t4 < 3 && (n3.__$f |= 2), i4(n3, r4, t4);
});
x.prototype.shouldComponentUpdate = function(i4, n3) {
  if (this.__R) return !0;
  var r4 = this.__$u, t4 = r4 && r4.s !== void 0;
  for (var f5 in n3) return !0;
  if (this.__f || typeof this.u == "boolean" && this.u === !0) {
    var o5 = 2 & this.__$f;
    if (!(t4 || o5 || 4 & this.__$f) || 1 & this.__$f) return !0;
  } else if (!(t4 || 4 & this.__$f) || 3 & this.__$f) return !0;
  for (var e4 in i4) if (e4 !== "__source" && i4[e4] !== this.props[e4]) return !0;
  for (var u4 in this.props) if (!(u4 in i4)) return !0;
  return !1;
};
function useSignal(i4, n3) {
  return w2(function() {
    return y3(i4, n3);
  }, []);
}
var A3 = function(i4) {
  queueMicrotask(function() {
    queueMicrotask(i4);
  });
};
function F2() {
  r3(function() {
    for (var i4; i4 = g4.shift(); ) h4.call(i4);
  });
}
function M() {
  g4.push(this) === 1 && (n.requestAnimationFrame || A3)(F2);
}

// src/connect/place.ts
function placeOf(address2, isFramed, ownApi2) {
  let query = address2.searchParams, flag = (name) => ["true", "1", ""].includes(query.get(name) ?? "false");
  return {
    apiUrl: (query.get("apiURL") || ownApi2 || address2.origin).replace(/\/+$/, ""),
    token: query.get("session_token"),
    lang: query.get("lang"),
    theme: query.get("theme"),
    detectClosedWindow: flag("detectClosedAuthWindow"),
    isEmbedded: flag("embedded"),
    isPreview: flag("preview"),
    isFramed
  };
}
function withoutToken(address2) {
  let clean = new URL(address2);
  return clean.searchParams.delete("session_token"), `${clean.pathname}${clean.search}${clean.hash}`;
}
var ParentGuard = class {
  origin;
  accepts(source, parent, origin) {
    return source !== parent ? !1 : (this.origin ??= origin, this.origin === origin);
  }
};
function tokenOf(data) {
  if (typeof data != "object" || data === null) return;
  let { type, sessionToken } = data;
  return type === "session_token" && typeof sessionToken == "string" ? sessionToken : void 0;
}
function socketUrl(apiUrl, path) {
  let url = new URL(path || "/", apiUrl);
  return url.protocol = url.protocol === "https:" ? "wss:" : "ws:", url.toString();
}

// src/connect/types.ts
var ConnectError = class extends Error {
  constructor(type, message, status = 0, reference = "") {
    super(message);
    this.type = type;
    this.status = status;
    this.reference = reference;
  }
  type;
  status;
  reference;
};
function isExpired(error) {
  return error instanceof ConnectError && (error.status === 401 || error.type.endsWith("connect_session_token"));
}

// src/connect/api.ts
var Api = class _Api {
  constructor(url, token) {
    this.url = url;
    this.token = token;
  }
  url;
  token;
  session() {
    return this.get("/connect/session");
  }
  integrations() {
    return this.get("/integrations");
  }
  provider(name, lang) {
    return this.get(`/providers/${encodeURIComponent(name)}`, { "accept-language": lang });
  }
  /** What the end user has connected. */
  own() {
    return this.get("/connect/connections");
  }
  /** Ends one of the end user's connections. */
  async disconnect(connection) {
    await this.call(pathOf(connection), { method: "DELETE", headers: this.authorization });
  }
  /** Calls under a session in which one of them is authorized again. */
  async reconnect(connection) {
    let init = { method: "POST", headers: this.authorization }, answer = await this.call(pathOf(connection, "/reconnect"), init);
    return new _Api(this.url, answer.data.token);
  }
  /** How a window ended that could not be waited for on a WebSocket. */
  status(page) {
    return this.get(`/connect/session/status?ws_client_id=${page}`);
  }
  /** Connects an account at once. */
  async connect(path, query, body) {
    let init = { method: "POST", headers: { "content-type": "application/json" } };
    return body !== void 0 && (init.body = JSON.stringify(body)), { ...await this.call(`${path}?${query}`, init), isPending: !1 };
  }
  /** Reports what happened; it is nobody's loss when it does not arrive. */
  report(event, integration) {
    let body = {
      token: this.token,
      event,
      timestamp: (/* @__PURE__ */ new Date()).toISOString(),
      ...integration ? { dimensions: { integration } } : {}
    }, headers = { "content-type": "application/json" };
    fetch(`${this.url}/connect/telemetry`, {
      method: "POST",
      keepalive: !0,
      headers,
      body: JSON.stringify(body)
    }).catch(() => {
    });
  }
  get authorization() {
    return { authorization: `Bearer ${this.token}` };
  }
  async get(path, headers = {}) {
    return (await this.call(path, { headers: { ...headers, ...this.authorization } })).data;
  }
  async call(path, init) {
    let response;
    try {
      response = await fetch(`${this.url}${path}`, { ...init, referrerPolicy: "no-referrer" });
    } catch {
      throw new ConnectError("unknown_error", `No answer from ${new URL(this.url).origin}`);
    }
    let reference = response.headers.get("x-request-id") ?? "", answer = await response.json().catch(() => {
    });
    if (response.ok && answer && !answer.error) return answer;
    let { code = "unknown_error", message, errors } = answer?.error ?? {}, first = errors?.[0], told = message ?? (first ? `${first.path?.join(".") ?? ""}: ${first.message}` : `Status ${response.status}`);
    throw new ConnectError(code, told, response.status, reference);
  }
};
function pathOf({ connection_id, provider_config_key }, step = "") {
  let query = new URLSearchParams({ provider_config_key });
  return `/connect/connections/${encodeURIComponent(connection_id)}${step}?${query}`;
}

// src/connect/form.ts
var LABELS = {
  apiKey: "API key",
  username: "User name",
  password: "Password",
  client_id: "Client ID",
  client_secret: "Client secret",
  client_certificate: "Client certificate",
  client_private_key: "Private key",
  oauth_client_id_override: "OAuth client ID",
  oauth_client_secret_override: "OAuth client secret",
  oauth_refresh_token_override: "Refresh token",
  token_id: "Token ID",
  token_secret: "Token secret",
  organization_id: "Organization ID",
  dev_key: "Developer key",
  role_arn: "IAM role ARN"
}, SECRETS = /secret|password|key|token/i, OVERRIDES = ["oauth_client_id_override", "oauth_client_secret_override", "oauth_refresh_token_override"];
function usesPopup(provider) {
  return provider.installation === "outbound" ? !1 : ["OAUTH2", "OAUTH1", "APP", "CUSTOM", "MCP_OAUTH2", "MCP_OAUTH2_GENERIC", "INSTALL_PLUGIN"].includes(
    provider.auth_mode
  );
}
function fieldsOf({ provider, integration, session }) {
  let presets = session.integrations_config_defaults?.[integration.unique_key]?.connection_config ?? {}, credentials = credentialFields(provider, integration, presets), params = Object.entries(provider.connection_config ?? {}).filter(([, schema]) => !schema.automated).map(([name, schema]) => fieldOf("params", name, schema, presets[name])), options = Object.entries(provider.assertion_option ?? {}).map(
    ([name, schema]) => fieldOf("assertionOption", name, schema, void 0)
  ), isOrdered = (field) => field.schema.order !== void 0;
  return [...params.filter(isOrdered).sort((a5, b3) => (a5.schema.order ?? 0) - (b3.schema.order ?? 0)), ...credentials, ...params.filter((field) => !isOrdered(field)), ...options];
}
function credentialFields(provider, integration, presets) {
  let own = provider.credentials ?? {}, schemas = /* @__PURE__ */ new Map();
  for (let [name, schema] of baseFields(provider, presets)) schemas.set(name, { ...schema, ...own[name] });
  for (let [name, schema] of Object.entries(own)) schemas.has(name) || schemas.set(name, schema);
  if (provider.auth_mode === "TWO_STEP")
    for (let [name, schema] of Object.entries(provider.integration_config ?? {})) schemas.set(name, schema);
  let preset = new Set(integration.preconfigured_credentials ?? []), label = integration.credentials_label?.apiKey, fields = [];
  for (let [name, schema] of schemas) {
    if (schema.automated || preset.has(name)) continue;
    let field = fieldOf("credentials", name, { secret: SECRETS.test(name), ...schema }, void 0);
    if (name === "apiKey" && label) {
      let { description: _description, example: _example, ...rest } = field.schema;
      fields.push({ ...field, label, schema: rest });
    } else fields.push(field);
  }
  return fields;
}
function baseFields(provider, presets) {
  let required = (...names) => names.map((name) => [name, {}]), optional = (...names) => names.map((name) => [name, { optional: !0 }]);
  switch (provider.auth_mode) {
    case "API_KEY":
      return required("apiKey");
    case "BASIC":
      return [...required("username"), ...optional("password")];
    case "SIGNATURE":
      return required("username", "password");
    case "OAUTH2_CC": {
      let secret = provider.token_request_auth_method === "private_key_jwt" ? optional("client_secret") : required("client_secret"), certificate = provider.require_client_certificate ? required("client_certificate", "client_private_key") : [];
      return [...required("client_id"), ...secret, ...certificate];
    }
    case "TBA":
      return [
        ...optional("oauth_client_id_override", "oauth_client_secret_override"),
        ...required("token_id", "token_secret")
      ];
    case "BILL":
      return required("username", "password", "organization_id", "dev_key");
    case "AWS_SIGV4":
      return required("role_arn");
    case "OAUTH2":
      return optional(...OVERRIDES.filter((name) => name in presets));
    default:
      return [];
  }
}
function fieldOf(group, name, schema, preset) {
  let presetText = typeof preset == "string" && preset !== "" ? preset : void 0, isRequired = !schema.optional && schema.default_value !== "", first = schema.enum && isRequired ? schema.enum[0] : void 0;
  return {
    group,
    name,
    label: schema.title || LABELS[name] || name,
    schema,
    isHidden: schema.hidden === !0 || presetText !== void 0,
    isRequired,
    value: presetText ?? schema.default_value ?? first ?? ""
  };
}
function problemOf(field, value) {
  let { schema } = field;
  if (value === "") return field.isRequired ? "required" : void 0;
  if (schema.enum && !schema.enum.includes(value)) return "listed";
  if (schema.format && !fitsFormat(schema.format, value)) return "format";
  if (schema.pattern && !fitsPattern(schema.pattern, value)) return "pattern";
}
function fitsFormat(format, value) {
  switch (format) {
    case "hostname":
      return /^[a-zA-Z0-9.-]+$/.test(value);
    case "uuid":
      return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);
    case "email":
      return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value);
    case "uri":
      return URL.canParse(value);
    default:
      return !0;
  }
}
function fitsPattern(pattern, value) {
  try {
    return new RegExp(pattern).test(value);
  } catch {
    return !0;
  }
}
function cleaned(field, typed) {
  let { prefix, suffix } = field.schema, value = typed.trim();
  if (!prefix && !suffix) return value;
  prefix && value.startsWith(prefix) && (value = value.slice(prefix.length));
  let end = suffix ? value.indexOf(suffix) : -1;
  return suffix && end > 0 && (value = value.slice(0, end)), suffix ? value.replace(/^https?:\/\//, "") : value;
}
function submissionOf(fields, values) {
  let submission = { params: {}, credentials: {}, assertionOption: {} };
  for (let field of fields) {
    let value = values.get(field) ?? field.value;
    (value !== "" || field.isRequired) && (submission[field.group][field.name] = value);
  }
  return submission;
}
var PATHS = {
  API_KEY: "/api-auth/api-key/",
  BASIC: "/api-auth/basic/",
  OAUTH2_CC: "/oauth2/auth/",
  TBA: "/auth/tba/",
  JWT: "/auth/jwt/",
  TWO_STEP: "/auth/two-step/",
  BILL: "/auth/bill/",
  SIGNATURE: "/auth/signature/",
  AWS_SIGV4: "/auth/aws-sigv4/",
  NONE: "/auth/unauthenticated/"
};
function directCall(provider, key, submission) {
  let encoded = encodeURIComponent(key);
  if (provider.installation === "outbound") return { path: `/auth/oauth-outbound/${encoded}`, body: void 0 };
  let path = `${PATHS[provider.auth_mode] ?? "/auth/unauthenticated/"}${encoded}`;
  if (provider.auth_mode === "NONE") return { path, body: void 0 };
  let namesMode = ["JWT", "TWO_STEP", "SIGNATURE"].includes(provider.auth_mode), body = { ...submission.credentials };
  return namesMode && (body.type = provider.auth_mode), Object.keys(submission.assertionOption).length && (body.assertionOption = submission.assertionOption), { path, body };
}
function queryOf(submission, more) {
  let query = new URLSearchParams(more);
  for (let [name, value] of Object.entries(submission.params)) query.append(`params[${name}]`, value);
  return query.toString();
}
function popupQuery(submission, more) {
  let query = new URLSearchParams(queryOf(submission, more));
  for (let name of OVERRIDES) {
    let value = submission.credentials[name];
    value && query.append(`credentials[${name}]`, value);
  }
  return query.toString();
}

// src/connect/locales/de.ts
var de = {
  loading: "Wird geladen",
  close: "Schließen",
  back: "Zurück",
  retry: "Erneut versuchen",
  "list.title": "Konto verbinden",
  "list.about": "Wählen Sie den Dienst, den Sie verbinden möchten.",
  "list.search": "Dienste durchsuchen",
  "list.none": "Kein Dienst passt zu Ihrer Suche.",
  "list.empty.title": "Nichts zu verbinden",
  "list.empty.about": "Hier ist noch kein Dienst verfügbar. Fordern Sie in der Anwendung einen neuen Link an.",
  "own.title": "Ihre Verbindungen",
  "own.since": "Verbunden am {date}",
  "own.broken": "Muss neu verbunden werden",
  "own.disconnect": "Trennen",
  "own.confirm": "{name} trennen? Die Anwendung verliert den Zugriff auf das Konto.",
  "form.title": "{name} verbinden",
  "form.title.reconnect": "{name} neu verbinden",
  "form.submit": "Verbinden",
  "form.submit.reconnect": "Neu verbinden",
  "form.busy": "Wird verbunden …",
  "form.for": "Das Konto wird für {user} verbunden.",
  "form.docs": "Wo finde ich das?",
  "form.popup": "Es öffnet sich ein Fenster von {name}, in dem Sie die Verbindung bestätigen.",
  "form.nothing": "Es gibt nichts auszufüllen.",
  "form.optional": "optional",
  "form.choose": "Auswählen …",
  "form.show": "{label} anzeigen",
  "form.hide": "{label} verbergen",
  "form.preset": "Die Anwendung gibt für „{label}“ einen Wert vor, den {name} nicht annimmt. Wenden Sie sich an ihren Support.",
  "form.dirty": "Ohne Verbindung schließen? Ihre Eingaben gehen verloren.",
  "form.externalId": "Externe ID",
  "form.externalId.about": "Tragen Sie sie in die Vertrauensrichtlinie der Rolle ein.",
  "form.copy": "Kopieren",
  "form.copied": "Kopiert",
  "field.required": "Dieses Feld ist erforderlich.",
  "field.pattern": "Das hat nicht die erwartete Form.",
  "field.format": "Das ist kein gültiger Wert für {format}.",
  "field.listed": "Wählen Sie einen der Werte.",
  "popup.wait": "Fahren Sie im anderen Fenster fort.",
  "popup.again": "Erneut öffnen",
  "popup.cancel": "Abbrechen",
  "popup.blocked": "Ihr Browser hat das Fenster blockiert. Erlauben Sie es und versuchen Sie es erneut.",
  "popup.closed": "Das Fenster wurde geschlossen, bevor die Verbindung zustande kam.",
  "success.title": "Verbunden",
  "success.about": "Ihr {name}-Konto ist verbunden.",
  "success.pending": "Die Verbindung zu {name} wartet dort auf eine Freigabe.",
  "success.finish": "Fertig",
  "success.close": "Sie können diesen Tab schließen.",
  "failure.title": "Nicht verbunden",
  "failure.about": "Ihr {name}-Konto konnte nicht verbunden werden.",
  "failure.test": "{name} hat Ihre Angaben nicht angenommen. Prüfen Sie sie und versuchen Sie es erneut.",
  "failure.capped": "Hier können keine weiteren Konten verbunden werden. Fragen Sie in der Anwendung nach.",
  "failure.otherAccount": "Bei {name} wurde ein anderes Konto freigegeben als das dieser Verbindung. Melden Sie sich dort mit jenem Konto an und versuchen Sie es erneut.",
  "failure.details": "Details",
  "fatal.expired.title": "Dieser Link ist abgelaufen",
  "fatal.expired.about": "Kehren Sie zur Anwendung zurück und fordern Sie einen neuen Link an.",
  "fatal.direct.title": "Öffnen Sie diese Seite aus der Anwendung",
  "fatal.direct.about": "Sie kann nicht für sich allein geöffnet werden.",
  "fatal.unknown.title": "Etwas ist schiefgegangen",
  "fatal.unknown.about": "Versuchen Sie es erneut. Wenn es wieder nicht gelingt, wenden Sie sich an den Support der Anwendung.",
  "fatal.reference": "Referenz: {reference}",
  watermark: "Bereitgestellt mit Bowline"
};

// src/connect/locales/en.ts
var en = {
  loading: "Loading",
  close: "Close",
  back: "Back",
  retry: "Try again",
  "list.title": "Connect an account",
  "list.about": "Choose the service you want to connect.",
  "list.search": "Search services",
  "list.none": "No service fits your search.",
  "list.empty.title": "Nothing to connect",
  "list.empty.about": "No service is available here yet. Ask the application for a new link.",
  "own.title": "Your connections",
  "own.since": "Connected on {date}",
  "own.broken": "Needs to be reconnected",
  "own.disconnect": "Disconnect",
  "own.confirm": "Disconnect {name}? The application loses access to the account.",
  "form.title": "Connect {name}",
  "form.title.reconnect": "Reconnect {name}",
  "form.submit": "Connect",
  "form.submit.reconnect": "Reconnect",
  "form.busy": "Connecting…",
  "form.for": "The account is connected for {user}.",
  "form.docs": "Where do I find this?",
  "form.popup": "A window of {name} opens, in which you approve the connection.",
  "form.nothing": "There is nothing to fill in.",
  "form.optional": "optional",
  "form.choose": "Choose…",
  "form.show": "Show {label}",
  "form.hide": "Hide {label}",
  "form.preset": "The application preset a value for “{label}” that {name} does not accept. Tell its support team.",
  "form.dirty": "Close without connecting? What you typed is lost.",
  "form.externalId": "External ID",
  "form.externalId.about": "Put it into the trust policy of the role.",
  "form.copy": "Copy",
  "form.copied": "Copied",
  "field.required": "This field is required.",
  "field.pattern": "This does not have the expected form.",
  "field.format": "This is not a valid {format}.",
  "field.listed": "Choose one of the values.",
  "popup.wait": "Finish in the other window.",
  "popup.again": "Open again",
  "popup.cancel": "Cancel",
  "popup.blocked": "Your browser blocked the window. Allow it, then try again.",
  "popup.closed": "The window was closed before the connection was made.",
  "success.title": "Connected",
  "success.about": "Your {name} account is connected.",
  "success.pending": "The connection to {name} waits for an approval there.",
  "success.finish": "Finish",
  "success.close": "You can close this tab.",
  "failure.title": "Not connected",
  "failure.about": "Your {name} account could not be connected.",
  "failure.test": "{name} did not accept what you entered. Check it and try again.",
  "failure.capped": "No more accounts can be connected here. Ask the application for help.",
  "failure.otherAccount": "{name} approved another account than the one this connection is of. Sign in there with that account and try again.",
  "failure.details": "Details",
  "fatal.expired.title": "This link has expired",
  "fatal.expired.about": "Go back to the application and ask for a new link.",
  "fatal.direct.title": "Open this page from the application",
  "fatal.direct.about": "It cannot be opened on its own.",
  "fatal.unknown.title": "Something went wrong",
  "fatal.unknown.about": "Try again. If it fails again, tell the application’s support team.",
  "fatal.reference": "Reference: {reference}",
  watermark: "Powered by Bowline"
};

// src/connect/locales/es.ts
var es = {
  loading: "Cargando",
  close: "Cerrar",
  back: "Atrás",
  retry: "Reintentar",
  "list.title": "Conectar una cuenta",
  "list.about": "Elija el servicio que desea conectar.",
  "list.search": "Buscar servicios",
  "list.none": "Ningún servicio coincide con su búsqueda.",
  "list.empty.title": "Nada que conectar",
  "list.empty.about": "Aún no hay ningún servicio disponible. Pida un enlace nuevo a la aplicación.",
  "own.title": "Sus conexiones",
  "own.since": "Conectada el {date}",
  "own.broken": "Hay que volver a conectarla",
  "own.disconnect": "Desconectar",
  "own.confirm": "¿Desconectar {name}? La aplicación pierde el acceso a la cuenta.",
  "form.title": "Conectar {name}",
  "form.title.reconnect": "Volver a conectar {name}",
  "form.submit": "Conectar",
  "form.submit.reconnect": "Volver a conectar",
  "form.busy": "Conectando…",
  "form.for": "La cuenta se conecta para {user}.",
  "form.docs": "¿Dónde lo encuentro?",
  "form.popup": "Se abre una ventana de {name} en la que aprueba la conexión.",
  "form.nothing": "No hay nada que rellenar.",
  "form.optional": "opcional",
  "form.choose": "Elegir…",
  "form.show": "Mostrar {label}",
  "form.hide": "Ocultar {label}",
  "form.preset": "La aplicación fijó para «{label}» un valor que {name} no acepta. Avise a su equipo de soporte.",
  "form.dirty": "¿Cerrar sin conectar? Se perderá lo que ha escrito.",
  "form.externalId": "ID externo",
  "form.externalId.about": "Añádalo a la política de confianza del rol.",
  "form.copy": "Copiar",
  "form.copied": "Copiado",
  "field.required": "Este campo es obligatorio.",
  "field.pattern": "Esto no tiene la forma esperada.",
  "field.format": "Este valor no es válido ({format}).",
  "field.listed": "Elija uno de los valores.",
  "popup.wait": "Termine en la otra ventana.",
  "popup.again": "Abrir de nuevo",
  "popup.cancel": "Cancelar",
  "popup.blocked": "Su navegador bloqueó la ventana. Permítala e inténtelo de nuevo.",
  "popup.closed": "La ventana se cerró antes de completar la conexión.",
  "success.title": "Conectado",
  "success.about": "Su cuenta de {name} está conectada.",
  "success.pending": "La conexión con {name} espera allí una aprobación.",
  "success.finish": "Finalizar",
  "success.close": "Puede cerrar esta pestaña.",
  "failure.title": "No conectado",
  "failure.about": "No se pudo conectar su cuenta de {name}.",
  "failure.test": "{name} no aceptó lo que introdujo. Compruébelo e inténtelo de nuevo.",
  "failure.capped": "Aquí no se pueden conectar más cuentas. Pida ayuda a la aplicación.",
  "failure.otherAccount": "En {name} se aprobó una cuenta distinta a la de esta conexión. Inicie sesión allí con esa cuenta e inténtelo de nuevo.",
  "failure.details": "Detalles",
  "fatal.expired.title": "Este enlace ha caducado",
  "fatal.expired.about": "Vuelva a la aplicación y pida un enlace nuevo.",
  "fatal.direct.title": "Abra esta página desde la aplicación",
  "fatal.direct.about": "No se puede abrir por sí sola.",
  "fatal.unknown.title": "Algo salió mal",
  "fatal.unknown.about": "Inténtelo de nuevo. Si vuelve a fallar, avise al equipo de soporte de la aplicación.",
  "fatal.reference": "Referencia: {reference}",
  watermark: "Con tecnología de Bowline"
};

// src/connect/locales/fr.ts
var fr = {
  loading: "Chargement",
  close: "Fermer",
  back: "Retour",
  retry: "Réessayer",
  "list.title": "Connecter un compte",
  "list.about": "Choisissez le service que vous souhaitez connecter.",
  "list.search": "Rechercher un service",
  "list.none": "Aucun service ne correspond à votre recherche.",
  "list.empty.title": "Rien à connecter",
  "list.empty.about": "Aucun service n’est encore disponible ici. Demandez un nouveau lien à l’application.",
  "own.title": "Vos connexions",
  "own.since": "Connecté le {date}",
  "own.broken": "À reconnecter",
  "own.disconnect": "Déconnecter",
  "own.confirm": "Déconnecter {name} ? L’application perd l’accès au compte.",
  "form.title": "Connecter {name}",
  "form.title.reconnect": "Reconnecter {name}",
  "form.submit": "Connecter",
  "form.submit.reconnect": "Reconnecter",
  "form.busy": "Connexion…",
  "form.for": "Le compte est connecté pour {user}.",
  "form.docs": "Où trouver cette information ?",
  "form.popup": "Une fenêtre de {name} s’ouvre, dans laquelle vous approuvez la connexion.",
  "form.nothing": "Il n’y a rien à remplir.",
  "form.optional": "facultatif",
  "form.choose": "Choisir…",
  "form.show": "Afficher {label}",
  "form.hide": "Masquer {label}",
  "form.preset": "L’application a prédéfini pour « {label} » une valeur que {name} n’accepte pas. Prévenez son assistance.",
  "form.dirty": "Fermer sans connecter ? Votre saisie sera perdue.",
  "form.externalId": "ID externe",
  "form.externalId.about": "Ajoutez-le à la politique de confiance du rôle.",
  "form.copy": "Copier",
  "form.copied": "Copié",
  "field.required": "Ce champ est obligatoire.",
  "field.pattern": "Cette valeur n’a pas la forme attendue.",
  "field.format": "Cette valeur n’est pas valide ({format}).",
  "field.listed": "Choisissez l’une des valeurs.",
  "popup.wait": "Terminez dans l’autre fenêtre.",
  "popup.again": "Rouvrir",
  "popup.cancel": "Annuler",
  "popup.blocked": "Votre navigateur a bloqué la fenêtre. Autorisez-la, puis réessayez.",
  "popup.closed": "La fenêtre a été fermée avant la fin de la connexion.",
  "success.title": "Connecté",
  "success.about": "Votre compte {name} est connecté.",
  "success.pending": "La connexion à {name} attend une approbation de leur côté.",
  "success.finish": "Terminer",
  "success.close": "Vous pouvez fermer cet onglet.",
  "failure.title": "Non connecté",
  "failure.about": "Votre compte {name} n’a pas pu être connecté.",
  "failure.test": "{name} n’a pas accepté votre saisie. Vérifiez-la et réessayez.",
  "failure.capped": "Aucun autre compte ne peut être connecté ici. Demandez de l’aide à l’application.",
  "failure.otherAccount": "Un autre compte {name} que celui de cette connexion a été approuvé. Connectez-vous-y avec ce compte et réessayez.",
  "failure.details": "Détails",
  "fatal.expired.title": "Ce lien a expiré",
  "fatal.expired.about": "Retournez dans l’application et demandez un nouveau lien.",
  "fatal.direct.title": "Ouvrez cette page depuis l’application",
  "fatal.direct.about": "Elle ne peut pas être ouverte seule.",
  "fatal.unknown.title": "Un problème est survenu",
  "fatal.unknown.about": "Réessayez. Si l’échec persiste, prévenez l’assistance de l’application.",
  "fatal.reference": "Référence : {reference}",
  watermark: "Propulsé par Bowline"
};

// src/connect/locales/ja.ts
var ja = {
  loading: "読み込み中",
  close: "閉じる",
  back: "戻る",
  retry: "再試行",
  "list.title": "アカウントを接続",
  "list.about": "接続するサービスを選んでください。",
  "list.search": "サービスを検索",
  "list.none": "検索に一致するサービスはありません。",
  "list.empty.title": "接続できるサービスがありません",
  "list.empty.about": "まだ利用できるサービスがありません。アプリケーションで新しいリンクを取得してください。",
  "own.title": "接続済みのアカウント",
  "own.since": "{date} に接続",
  "own.broken": "再接続が必要です",
  "own.disconnect": "接続を解除",
  "own.confirm": "{name} の接続を解除しますか？アプリケーションはアカウントにアクセスできなくなります。",
  "form.title": "{name} を接続",
  "form.title.reconnect": "{name} を再接続",
  "form.submit": "接続",
  "form.submit.reconnect": "再接続",
  "form.busy": "接続しています…",
  "form.for": "{user} のために接続されます。",
  "form.docs": "確認方法",
  "form.popup": "{name} のウィンドウが開きます。そこで接続を承認してください。",
  "form.nothing": "入力する項目はありません。",
  "form.optional": "任意",
  "form.choose": "選択…",
  "form.show": "{label} を表示",
  "form.hide": "{label} を隠す",
  "form.preset": "アプリケーションが「{label}」に設定した値は {name} では使えません。サポートに連絡してください。",
  "form.dirty": "接続せずに閉じますか？入力した内容は失われます。",
  "form.externalId": "外部 ID",
  "form.externalId.about": "ロールの信頼ポリシーに設定してください。",
  "form.copy": "コピー",
  "form.copied": "コピーしました",
  "field.required": "この項目は必須です。",
  "field.pattern": "形式が正しくありません。",
  "field.format": "有効な値ではありません（{format}）。",
  "field.listed": "いずれかの値を選んでください。",
  "popup.wait": "別のウィンドウで続けてください。",
  "popup.again": "もう一度開く",
  "popup.cancel": "キャンセル",
  "popup.blocked": "ブラウザーがウィンドウをブロックしました。許可してから再試行してください。",
  "popup.closed": "接続が完了する前にウィンドウが閉じられました。",
  "success.title": "接続しました",
  "success.about": "{name} のアカウントを接続しました。",
  "success.pending": "{name} への接続は承認待ちです。",
  "success.finish": "完了",
  "success.close": "このタブを閉じてかまいません。",
  "failure.title": "接続できませんでした",
  "failure.about": "{name} のアカウントを接続できませんでした。",
  "failure.test": "入力した内容を {name} が受け付けませんでした。確認して再試行してください。",
  "failure.capped": "これ以上アカウントを接続できません。アプリケーションに問い合わせてください。",
  "failure.otherAccount": "この接続とは別の {name} アカウントが承認されました。元のアカウントでサインインして再試行してください。",
  "failure.details": "詳細",
  "fatal.expired.title": "このリンクは期限切れです",
  "fatal.expired.about": "アプリケーションに戻り、新しいリンクを取得してください。",
  "fatal.direct.title": "アプリケーションからこのページを開いてください",
  "fatal.direct.about": "このページだけを開くことはできません。",
  "fatal.unknown.title": "問題が発生しました",
  "fatal.unknown.about": "再試行してください。解決しない場合は、アプリケーションのサポートに連絡してください。",
  "fatal.reference": "参照番号: {reference}",
  watermark: "Powered by Bowline"
};

// src/connect/i18n.ts
var LANGUAGES = { en, es, fr, de, ja };
function languageOf(asked, browser) {
  return [asked, ...browser].map((tag) => tag?.toLowerCase().split("-")[0] ?? "").find((tag) => tag in LANGUAGES) ?? "en";
}
function translator(language) {
  let messages = LANGUAGES[language] ?? en;
  return (key, values = {}) => messages[key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// src/connect/own.ts
var OwnConnections = class {
  constructor(store2) {
    this.store = store2;
  }
  store;
  hasFailed = y3(!1);
  /** Whose calls manage connections, while another session authorizes one again. */
  manager;
  /** Whether the user manages connections, to which every screen then leads back. */
  get isManaging() {
    return (this.manager?.session ?? this.store.session.value)?.managesConnections === !0;
  }
  /** What the user has connected; without any, what may be. */
  async show() {
    let { store: store2 } = this;
    store2.stopAttempt(), this.manager && (store2.api = this.manager.api, store2.session.value = this.manager.session, this.manager = void 0), this.hasFailed.value = !1;
    try {
      let connections = await store2.api?.own() ?? [];
      connections.length > 0 ? store2.screen.value = { kind: "own", connections } : await store2.addAccount();
    } catch (error) {
      store2.giveUp(error);
    }
  }
  /** Authorizes a connection again, in a session of its own. */
  async reconnect(connection) {
    let { store: store2 } = this, integration = this.integrationOf(connection), [api, session] = [store2.api, store2.session.value];
    !api || !session || !integration || await this.step(async () => {
      let again = await api.reconnect(connection);
      store2.session.value = await again.session(), store2.api = again, this.manager = { api, session }, await store2.openForm(integration);
    });
  }
  /** Ends a connection, after asking. */
  async disconnect(connection, name) {
    window.confirm(this.store.t("own.confirm", { name })) && await this.step(async () => {
      await this.store.api?.disconnect(connection), await this.show();
    });
  }
  integrationOf(connection) {
    return this.store.integrations.value.find(({ unique_key }) => unique_key === connection.provider_config_key);
  }
  async step(run) {
    this.store.isBusy.value = !0, this.hasFailed.value = !1;
    try {
      await run();
    } catch (error) {
      isExpired(error) ? this.store.giveUp(error) : this.hasFailed.value = !0;
    } finally {
      this.store.isBusy.value = !1;
    }
  }
};

// src/connect/uuid.ts
function uuid() {
  let bytes = crypto.getRandomValues(new Uint8Array(16));
  return bytes[6] = (bytes[6] ?? 0) & 15 | 64, bytes[8] = (bytes[8] ?? 0) & 63 | 128, Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// src/connect/popup.ts
var SIZE = { width: 500, height: 700 }, SOCKET_LIMIT_MS = 3e3, POLL_EVERY_MS = 2e3, WATCH_EVERY_MS = 500, LAST_WORD_MS = 500;
function openWindow() {
  let left = window.screenX + (window.outerWidth - SIZE.width) / 2, top = window.screenY + (window.outerHeight - SIZE.height) / 2;
  return window.open("", "_blank", `width=${SIZE.width},height=${SIZE.height},left=${left},top=${top}`);
}
async function connectInWindow(popup, options) {
  let channel = new Channel(options), stopAnswering = answerResultPage(options.api.url);
  try {
    let page = await channel.open();
    return popup.location.href = `${options.api.url}${options.address}&ws_client_id=${page}`, await Promise.race([channel.end, closed(popup, options), aborted(options.signal)]);
  } finally {
    channel.close(), setTimeout(() => {
      stopAnswering(), popup.close();
    }, LAST_WORD_MS);
  }
}
var Channel = class {
  constructor(options) {
    this.options = options;
    this.end = new Promise((resolve, reject) => {
      this.settle = resolve, this.fail = reject;
    }), this.end.catch(() => {
    });
  }
  options;
  end;
  settle;
  fail;
  socket;
  timer;
  isOver = !1;
  /** The id the window must name. */
  async open() {
    let page = await this.openSocket();
    if (page) return page;
    let own = uuid();
    return this.poll(own), own;
  }
  close() {
    this.isOver = !0, clearInterval(this.timer), this.socket?.close();
  }
  openSocket() {
    return new Promise((resolve) => {
      let late = setTimeout(() => resolve(void 0), SOCKET_LIMIT_MS), give = (page2) => {
        clearTimeout(late), resolve(page2);
      };
      try {
        this.socket = new WebSocket(socketUrl(this.options.api.url, this.options.websocketsPath));
      } catch {
        give(void 0);
        return;
      }
      let page;
      this.socket.onmessage = ({ data }) => {
        let frame = JSON.parse(String(data));
        frame.message_type === "connection_ack" ? give(page = frame.ws_client_id) : this.told({ ...frame, status: frame.message_type });
      }, this.socket.onclose = () => {
        give(void 0), page && !this.isOver && this.poll(page);
      };
    });
  }
  poll(page) {
    this.timer || (this.timer = setInterval(() => {
      this.options.api.status(page).then(
        (status) => this.told(status),
        (error) => error.status === 401 && this.fail(error)
      );
    }, POLL_EVERY_MS));
  }
  told(status) {
    status.status === "success" ? this.settle({
      providerConfigKey: status.provider_config_key ?? "",
      connectionId: status.connection_id ?? "",
      isPending: status.is_pending === !0
    }) : status.status === "error" && this.fail(new ConnectError(status.error_type ?? "unknown_error", status.error_desc ?? ""));
  }
};
function closed(popup, { detectClosed, signal }) {
  return new Promise((_4, reject) => {
    let timer = setInterval(() => {
      signal.aborted && clearInterval(timer), !(!detectClosed || !popup.closed) && (clearInterval(timer), setTimeout(() => reject(new ConnectError("window_closed", "")), LAST_WORD_MS));
    }, WATCH_EVERY_MS);
  });
}
function aborted(signal) {
  return new Promise((_4, reject) => {
    signal.addEventListener("abort", () => reject(new ConnectError("window_closed", "")), { once: !0 });
  });
}
function answerResultPage(apiUrl) {
  let origin = new URL(apiUrl).origin, answer = (event) => {
    let type = event.data?.type;
    !(type === "nango_oauth_callback_success" || type === "nango_oauth_callback_error") || event.origin !== origin || event.source === window || event.source?.postMessage({ type: "nango_oauth_callback_ack" }, origin);
  };
  return window.addEventListener("message", answer), () => window.removeEventListener("message", answer);
}

// src/connect/store.ts
var ANEW = "anew", TOKEN_LIMIT_MS = 1e4, Store = class {
  constructor(place2) {
    this.place = place2;
    this.language = languageOf(place2.lang, navigator.languages), this.t = translator(this.language);
  }
  place;
  screen = y3({ kind: "waiting" });
  session = y3(void 0);
  integrations = y3([]);
  /** The integration whose form is being fetched. */
  opening = y3(void 0);
  listError = y3(void 0);
  isBusy = y3(!1);
  notice = y3(void 0);
  isDirty = y3(!1);
  language;
  t;
  /** What the user has connected before. */
  own = new OwnConnections(this);
  api;
  attempt;
  running;
  late;
  /** Says hello to the page around this one, and begins if there is a token. */
  begin() {
    this.tell({ type: "ready" }), this.place.token ? this.start(this.place.token) : this.place.isFramed ? this.late = setTimeout(() => this.screen.value = { kind: "fatal", reason: "direct" }, TOKEN_LIMIT_MS) : this.screen.value = { kind: "fatal", reason: "direct" };
  }
  /** Reads what the session allows and shows the list, or the only form there is. */
  async start(token) {
    clearTimeout(this.late);
    let api = new Api(this.place.apiUrl, token);
    this.api = api, this.screen.value = { kind: "waiting" };
    try {
      let [session, all] = await Promise.all([api.session(), api.integrations()]);
      this.session.value = session;
      let allowed = session.allowed_integrations, shown = all.filter(({ unique_key }) => !allowed || allowed.includes(unique_key));
      this.integrations.value = shown.sort((a5, b3) => a5.display_name.localeCompare(b3.display_name, this.language)), api.report("open"), session.managesConnections ? await this.own.show() : await this.addAccount();
    } catch (error) {
      this.giveUp(error);
    }
  }
  /** The list of services, or the form of the only one. */
  async addAccount() {
    let [only] = this.integrations.value;
    only && this.integrations.value.length === 1 ? await this.openForm(only) : this.showList();
  }
  showList() {
    this.stopAttempt(), this.screen.value = { kind: "list" }, this.api?.report("view:list");
  }
  /** Fetches the provider and shows its form. */
  async openForm(integration) {
    let { api } = this, session = this.session.value;
    if (!(!api || !session)) {
      this.opening.value = integration.unique_key, this.listError.value = void 0, api.report("click:integration", integration.unique_key);
      try {
        let provider = await api.provider(integration.provider, this.language), fields = fieldsOf({ provider, integration, session }), asksId = provider.auth_mode === "AWS_SIGV4" && !session.isReconnecting, preset = fields.some(({ name, value }) => name === "external_id" && value !== "");
        this.showForm({
          kind: "form",
          integration,
          provider,
          fields,
          ...asksId && !preset ? { externalId: uuid() } : {}
        }), api.report("view:integration", integration.unique_key);
      } catch (error) {
        isExpired(error) || this.integrations.value.length === 1 ? this.giveUp(error) : this.listError.value = integration.unique_key;
      } finally {
        this.opening.value = void 0;
      }
    }
  }
  showForm(form) {
    this.notice.value = void 0, this.isDirty.value = !1, this.screen.value = form;
  }
  /** Connects the account; a window must be opened within the click, so nothing is awaited before it. */
  async submit(form, submission) {
    let { api } = this;
    if (!api || this.isBusy.value || this.place.isPreview) return;
    let key = form.integration.unique_key;
    api.report("click:connect", key), this.notice.value = void 0, form.externalId && (submission.params.external_id = form.externalId);
    let popup = usesPopup(form.provider) ? openWindow() : void 0;
    if (popup === null) {
      api.report("popup:blocked_by_browser", key), this.notice.value = "popup.blocked", this.tellError(new ConnectError("blocked_by_browser", "The browser blocked the window"));
      return;
    }
    this.running = this.attemptIn(popup, api, form, submission), await this.running;
  }
  /** Begins anew in another window, for a user who lost the first; inside a click, as every window. */
  async openAgain(form, submission) {
    let popup = openWindow();
    !popup || !this.api || (this.attempt?.abort(ANEW), await this.running, this.running = this.attemptIn(popup, this.api, form, submission), await this.running);
  }
  async attemptIn(popup, api, form, submission) {
    let key = form.integration.unique_key, attempt = new AbortController();
    this.isBusy.value = !0, this.attempt = attempt;
    try {
      let connected = popup ? await this.connectIn(popup, api, form, submission, attempt.signal) : await this.connectAtOnce(api, form, submission);
      api.report("view:success", key);
      let { providerConfigKey, connectionId, isPending } = connected, payload = { providerConfigKey, connectionId, ...isPending ? { isPending } : {} };
      this.tell({ type: "connect", payload }), this.screen.value = { kind: "success", form, connected };
    } catch (error) {
      attempt.signal.reason !== ANEW && this.failed(form, asConnectError(error));
    } finally {
      this.isBusy.value = !1, this.attempt = void 0;
    }
  }
  /** Gives up on a window without closing the form. */
  stopAttempt() {
    this.attempt?.abort();
  }
  /** Closes the page around this one; asks first if something typed would be lost. */
  close(event) {
    let isDone = this.screen.value.kind === "success";
    this.place.isPreview || !isDone && this.isDirty.value && !window.confirm(this.t("form.dirty")) || (this.stopAttempt(), this.api?.report(event), this.tell({ type: "close" }));
  }
  reportDocs(event, key) {
    this.api?.report(event, key);
  }
  connectIn(popup, api, form, submission, signal) {
    let key = encodeURIComponent(form.integration.unique_key);
    return connectInWindow(popup, {
      api,
      websocketsPath: this.session.value?.websocketsPath,
      address: `/oauth/connect/${key}?${popupQuery(submission, { connect_session_token: api.token })}`,
      detectClosed: this.place.detectClosedWindow,
      signal
    });
  }
  connectAtOnce(api, form, submission) {
    let { path, body } = directCall(form.provider, form.integration.unique_key, submission);
    return api.connect(path, queryOf(submission, { connect_session_token: api.token }), body);
  }
  failed(form, error) {
    this.tellError(error), error.type === "window_closed" ? (this.api?.report("popup:closed_early", form.integration.unique_key), this.notice.value = "popup.closed") : isExpired(error) ? this.giveUp(error) : (this.api?.report("view:credentials_error", form.integration.unique_key), this.screen.value = { kind: "failure", form, error });
  }
  giveUp(error) {
    let known = asConnectError(error), reason = isExpired(error) ? "expired" : "unknown";
    reason === "unknown" && this.api?.report("view:unknown_error"), this.tellError(known), this.screen.value = { kind: "fatal", reason, ...known.reference ? { reference: known.reference } : {} };
  }
  tellError(error) {
    this.tell({ type: "error", payload: { errorType: error.type, errorMessage: error.message } });
  }
  /** The page around this one compares origins itself; nothing told is a secret. */
  tell(message) {
    this.place.isFramed && window.parent.postMessage(message, "*");
  }
};
function brokenPreset(form) {
  return form.fields.find((field) => field.isHidden && problemOf(field, field.value) !== void 0);
}
function asConnectError(error) {
  return error instanceof ConnectError ? error : new ConnectError("unknown_error", error instanceof Error ? error.message : String(error));
}

// src/connect/theme.ts
function themeOf(asked, settings, systemIsDark2) {
  let wanted = asked === "light" || asked === "dark" || asked === "system" ? asked : settings?.defaultTheme;
  return wanted === "light" || wanted === "dark" ? wanted : systemIsDark2 ? "dark" : "light";
}
function textOn([red, green, blue]) {
  let linear = (part) => {
    let share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }, luminance = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  return (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) ? "#000000" : "#ffffff";
}
function applyTheme(name, settings) {
  let root2 = document.documentElement;
  root2.dataset.theme = name;
  let primary = settings?.theme[name].primary, parts = primary ? colourParts(primary) : void 0;
  !primary || !parts || (root2.style.setProperty("--primary", primary), root2.style.setProperty("--on-primary", textOn(parts)));
}
function colourParts(colour) {
  if (!CSS.supports("color", colour)) return;
  let canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  let context = canvas.getContext("2d");
  if (!context) return;
  context.fillStyle = colour, context.fillRect(0, 0, 1, 1);
  let [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}

// node_modules/preact/jsx-runtime/dist/jsxRuntime.mjs
var f4 = /* @__PURE__ */ Symbol.for("pv"), o4 = 0;
function a4(t4, e4, n3, u4, a5, i4) {
  e4 || (e4 = {});
  var c4, l4, p5 = e4;
  if ("ref" in p5 && typeof t4 != "function") for (l4 in p5 = {}, e4) l4 == "ref" ? c4 = e4[l4] : p5[l4] = e4[l4];
  var s4 = { type: t4, props: p5, key: n3, ref: c4, __k: null, __: null, __b: 0, __e: null, __c: null, constructor: f4, __v: --o4, __i: -1, __u: 0 };
  return (a5 || i4) && (s4.__source = a5, s4.__self = i4), n.vnode && n.vnode(s4), s4;
}

// src/connect/views/parts.tsx
function Logo({ src, name, size = "small" }) {
  let [isBroken, setBroken] = d2(!1);
  return isBroken || !src ? /* @__PURE__ */ a4("span", { class: `logo is-letter is-${size}`, "aria-hidden": "true", children: [...name][0]?.toUpperCase() }) : /* @__PURE__ */ a4("img", { class: `logo is-${size}`, src, alt: "", onError: () => setBroken(!0) });
}
function TopBar({ store: store2, onBack }) {
  return /* @__PURE__ */ a4("div", { class: "topbar", children: [
    onBack && /* @__PURE__ */ a4("button", { type: "button", class: "icon", "aria-label": store2.t("back"), title: store2.t("back"), onClick: onBack, children: /* @__PURE__ */ a4(Icon, { path: "M15 5l-7 7 7 7" }) }),
    /* @__PURE__ */ a4("span", { class: "spring" }),
    store2.place.isFramed && /* @__PURE__ */ a4(
      "button",
      {
        type: "button",
        class: "icon",
        "aria-label": store2.t("close"),
        title: store2.t("close"),
        onClick: () => store2.close("click:close"),
        children: /* @__PURE__ */ a4(Icon, { path: "M6 6l12 12M18 6L6 18" })
      }
    )
  ] });
}
function Icon({ path }) {
  return /* @__PURE__ */ a4("svg", { viewBox: "0 0 24 24", width: "20", height: "20", "aria-hidden": "true", class: "drawing", children: /* @__PURE__ */ a4("path", { d: path }) });
}
function docsOf(store2, { integration, provider }) {
  let override = store2.session.value?.overrides?.[integration.unique_key]?.docs_connect;
  return safeLink(override ?? provider.docs_connect);
}
function DocsLink({ store: store2, form }) {
  let docs = docsOf(store2, form);
  return docs ? /* @__PURE__ */ a4("p", { children: /* @__PURE__ */ a4("a", { class: "link", href: docs, target: "_blank", rel: "noopener noreferrer", onClick: () => store2.reportDocs("click:doc", form.integration.unique_key), children: store2.t("form.docs") }) }) : null;
}
function safeLink(address2) {
  return address2 && /^https?:\/\//.test(address2) ? address2 : void 0;
}

// src/connect/views/ending.tsx
function Ending({ store: store2, screen }) {
  let { t: t4 } = store2, { integration, provider } = screen.form, name = integration.display_name, isDone = screen.kind === "success";
  return /* @__PURE__ */ a4($, { children: [
    /* @__PURE__ */ a4(TopBar, { store: store2, onBack: isDone ? void 0 : () => store2.showForm(screen.form) }),
    /* @__PURE__ */ a4("div", { class: "body is-centred", role: isDone ? "status" : "alert", children: [
      /* @__PURE__ */ a4("span", { class: "pair", children: [
        /* @__PURE__ */ a4(Logo, { src: provider.logo_url, name, size: "large" }),
        /* @__PURE__ */ a4("span", { class: `badge ${isDone ? "is-good" : "is-bad"}`, children: /* @__PURE__ */ a4(Icon, { path: isDone ? "M5 13l4 4L19 7" : "M7 7l10 10M17 7L7 17" }) })
      ] }),
      /* @__PURE__ */ a4("h1", { id: "title", children: t4(isDone ? "success.title" : "failure.title") }),
      screen.kind === "success" ? /* @__PURE__ */ a4("p", { children: t4(screen.connected.isPending ? "success.pending" : "success.about", { name }) }) : /* @__PURE__ */ a4($, { children: [
        /* @__PURE__ */ a4("p", { children: t4(aboutFailure(screen.error), { name }) }),
        screen.error.message && /* @__PURE__ */ a4("details", { children: [
          /* @__PURE__ */ a4("summary", { children: t4("failure.details") }),
          /* @__PURE__ */ a4("pre", { children: screen.error.message }),
          screen.error.reference && /* @__PURE__ */ a4("p", { children: t4("fatal.reference", { reference: screen.error.reference }) })
        ] }),
        /* @__PURE__ */ a4(DocsLink, { store: store2, form: screen.form })
      ] }),
      isDone && !store2.place.isFramed && /* @__PURE__ */ a4("p", { children: t4("success.close") })
    ] }),
    /* @__PURE__ */ a4("div", { class: "actions", children: [
      isDone && store2.place.isFramed && /* @__PURE__ */ a4("button", { type: "button", class: "button", "data-autofocus": !0, onClick: () => store2.close("click:finish"), children: t4("success.finish") }),
      !isDone && /* @__PURE__ */ a4("button", { type: "button", class: "button", "data-autofocus": !0, onClick: () => store2.showForm(screen.form), children: t4("back") })
    ] })
  ] });
}
function aboutFailure({ type }) {
  return type === "connection_test_failed" ? "failure.test" : type === "connection_validation_failed" ? "failure.otherAccount" : type === "resource_capped" ? "failure.capped" : "failure.about";
}

// src/connect/views/fatal.tsx
function Fatal({ store: store2, screen }) {
  let { t: t4 } = store2;
  return /* @__PURE__ */ a4($, { children: [
    /* @__PURE__ */ a4(TopBar, { store: store2 }),
    /* @__PURE__ */ a4("div", { class: "body is-centred", role: "alert", children: [
      /* @__PURE__ */ a4("span", { class: "badge is-bad", children: /* @__PURE__ */ a4(Icon, { path: "M12 7v6M12 16.5v.5" }) }),
      /* @__PURE__ */ a4("h1", { id: "title", children: t4(`fatal.${screen.reason}.title`) }),
      /* @__PURE__ */ a4("p", { children: t4(`fatal.${screen.reason}.about`) }),
      screen.reference && /* @__PURE__ */ a4("p", { class: "quiet", children: t4("fatal.reference", { reference: screen.reference }) })
    ] }),
    store2.place.isFramed && /* @__PURE__ */ a4("div", { class: "actions", children: /* @__PURE__ */ a4("button", { type: "button", class: "button", "data-autofocus": !0, onClick: () => store2.close("click:close"), children: t4("close") }) })
  ] });
}

// src/connect/views/field.tsx
var EYE = "M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zM12 9a3 3 0 100 6 3 3 0 000-6z";
function FieldRow(row) {
  let { store: store2, field, problem, docs } = row, { t: t4 } = store2, { schema } = field, id = `field-${field.group}-${field.name}`, section = docs && schema.doc_section ? `${docs}${schema.doc_section}` : void 0;
  return /* @__PURE__ */ a4("div", { class: "field", children: [
    /* @__PURE__ */ a4("div", { class: "label", children: [
      /* @__PURE__ */ a4("label", { for: id, children: field.label }),
      !field.isRequired && /* @__PURE__ */ a4("span", { class: "quiet", children: [
        "(",
        t4("form.optional"),
        ")"
      ] }),
      section && /* @__PURE__ */ a4(
        "a",
        {
          class: "help",
          href: section,
          target: "_blank",
          rel: "noopener noreferrer",
          "aria-label": `${field.label}: ${t4("form.docs")}`,
          onClick: row.onDocs,
          children: /* @__PURE__ */ a4(Icon, { path: "M12 11v6M12 7.5v.5M12 2a10 10 0 100 20 10 10 0 000-20z" })
        }
      )
    ] }),
    schema.description && /* @__PURE__ */ a4("p", { class: "about", id: `${id}-about`, children: schema.description }),
    /* @__PURE__ */ a4(Input, { ...row, id }),
    problem && /* @__PURE__ */ a4("p", { class: "problem", id: `${id}-problem`, role: "alert", children: t4(`field.${problem}`, { format: schema.format ?? "" }) })
  ] });
}
function Input({ store: store2, field, value, problem, isFirst, onChange, onLeave, id }) {
  let { t: t4 } = store2, { schema } = field, [isShown, setShown] = d2(!1), described = [schema.description && `${id}-about`, problem && `${id}-problem`].filter(Boolean).join(" "), common = {
    id,
    name: field.name,
    "aria-invalid": problem !== void 0,
    "aria-required": field.isRequired,
    ...described ? { "aria-describedby": described } : {},
    ...isFirst ? { "data-autofocus": !0 } : {}
  };
  if (schema.enum)
    return /* @__PURE__ */ a4("div", { class: "box", children: /* @__PURE__ */ a4("select", { ...common, value, onChange: (event) => onChange(event.currentTarget.value), children: [
      !field.isRequired && /* @__PURE__ */ a4("option", { value: "", children: t4("form.choose") }),
      schema.enum.map((option) => /* @__PURE__ */ a4("option", { value: option, children: option }, option))
    ] }) });
  let isLong = schema.secret && /private.?key|certificate/i.test(field.name);
  return /* @__PURE__ */ a4("div", { class: `box ${problem ? "is-wrong" : ""}`, children: [
    schema.prefix && /* @__PURE__ */ a4("span", { class: "affix", children: schema.prefix }),
    isLong ? /* @__PURE__ */ a4(
      "textarea",
      {
        ...common,
        rows: 4,
        spellcheck: !1,
        value,
        placeholder: schema.example,
        onInput: (event) => onChange(event.currentTarget.value),
        onBlur: onLeave
      }
    ) : /* @__PURE__ */ a4(
      "input",
      {
        ...common,
        ...schema.secret && !isShown ? { type: "password" } : { type: "text" },
        value,
        placeholder: schema.example,
        autoComplete: "off",
        autoCapitalize: "off",
        spellcheck: !1,
        "data-1p-ignore": !0,
        "data-lpignore": "true",
        onInput: (event) => onChange(cleaned(field, event.currentTarget.value)),
        onBlur: onLeave
      }
    ),
    schema.suffix && /* @__PURE__ */ a4("span", { class: "affix", children: schema.suffix }),
    schema.secret && !isLong && /* @__PURE__ */ a4(
      "button",
      {
        type: "button",
        class: "icon",
        "aria-pressed": isShown,
        "aria-label": t4(isShown ? "form.hide" : "form.show", { label: field.label }),
        onClick: () => setShown(!isShown),
        children: /* @__PURE__ */ a4(Icon, { path: EYE })
      }
    )
  ] });
}

// src/connect/views/form.tsx
function Form({ store: store2, form }) {
  let { t: t4 } = store2, { integration, provider, fields } = form, name = integration.display_name, [values] = d2(() => new Map(fields.map((field) => [field, field.value]))), [touched, setTouched] = d2(/* @__PURE__ */ new Set()), element = T2(null), visible = fields.filter((field) => !field.isHidden), broken = brokenPreset(form), isReconnecting = store2.session.value?.isReconnecting === !0, isBusy = store2.isBusy.value, onBack = store2.integrations.value.length > 1 && !(isReconnecting && store2.own.isManaging) ? () => store2.showList() : store2.own.isManaging ? () => {
    store2.own.show();
  } : void 0, override = store2.session.value?.overrides?.[integration.unique_key]?.docs_connect, docs = docsOf(store2, form), endUser = store2.place.isFramed ? null : store2.session.value?.endUser, owner = endUser?.email || endUser?.display_name, change = (field, value) => {
    values.set(field, value), store2.isDirty.value = !0, setTouched(new Set(touched).add(field));
  };
  return /* @__PURE__ */ a4($, { children: [
    /* @__PURE__ */ a4(TopBar, { store: store2, onBack }),
    /* @__PURE__ */ a4("form", { class: "body", ref: element, noValidate: !0, autoComplete: "off", onSubmit: (event) => {
      event.preventDefault(), setTouched(new Set(visible));
      let wrong = visible.find((field) => problemOf(field, values.get(field) ?? ""));
      wrong ? element.current?.querySelector(`[name="${CSS.escape(wrong.name)}"]`)?.focus() : store2.submit(form, submissionOf(fields, values));
    }, children: [
      /* @__PURE__ */ a4("header", { class: "heading", children: [
        /* @__PURE__ */ a4(Logo, { src: provider.logo_url, name, size: "large" }),
        /* @__PURE__ */ a4("h1", { id: "title", children: t4(isReconnecting ? "form.title.reconnect" : "form.title", { name }) }),
        visible.length === 0 && !form.externalId && /* @__PURE__ */ a4("p", { children: t4(usesPopup(provider) ? "form.popup" : "form.nothing", { name }) }),
        owner && /* @__PURE__ */ a4("p", { children: t4("form.for", { user: owner }) })
      ] }),
      broken && /* @__PURE__ */ a4("p", { class: "problem", role: "alert", children: t4("form.preset", { label: broken.label, name }) }),
      visible.map((field, at) => /* @__PURE__ */ a4(
        FieldRow,
        {
          store: store2,
          field,
          value: values.get(field) ?? "",
          problem: touched.has(field) ? problemOf(field, values.get(field) ?? "") : void 0,
          docs: override ? void 0 : docs,
          isFirst: at === 0,
          onChange: (value) => change(field, value),
          onLeave: () => setTouched(new Set(touched).add(field)),
          onDocs: () => store2.reportDocs("click:doc_section", integration.unique_key)
        },
        `${field.group}.${field.name}`
      )),
      form.externalId && /* @__PURE__ */ a4(ExternalId, { store: store2, id: form.externalId }),
      /* @__PURE__ */ a4(DocsLink, { store: store2, form }),
      /* @__PURE__ */ a4("div", { class: "actions", children: [
        store2.notice.value && /* @__PURE__ */ a4("p", { class: "problem", role: "alert", children: t4(store2.notice.value) }),
        isBusy && usesPopup(provider) && /* @__PURE__ */ a4("p", { role: "status", class: "wait", children: [
          t4("popup.wait"),
          " ",
          /* @__PURE__ */ a4(
            "button",
            {
              type: "button",
              class: "link",
              onClick: () => {
                store2.openAgain(form, submissionOf(fields, values));
              },
              children: t4("popup.again")
            }
          ),
          " ",
          /* @__PURE__ */ a4("button", { type: "button", class: "link", onClick: () => store2.stopAttempt(), children: t4("popup.cancel") })
        ] }),
        /* @__PURE__ */ a4("button", { type: "submit", class: "button", disabled: isBusy, ...visible.length === 0 ? { "data-autofocus": !0 } : {}, children: t4(isBusy ? "form.busy" : isReconnecting ? "form.submit.reconnect" : "form.submit") })
      ] })
    ] })
  ] });
}
function ExternalId({ store: store2, id }) {
  let [isCopied, setCopied] = d2(!1), input = T2(null), copy = async () => {
    input.current?.select();
    let copied = await navigator.clipboard?.writeText(id).then(
      () => !0,
      () => !1
    );
    setCopied(copied || document.execCommand("copy"));
  };
  return /* @__PURE__ */ a4("div", { class: "field", children: [
    /* @__PURE__ */ a4("label", { for: "external-id", children: store2.t("form.externalId") }),
    /* @__PURE__ */ a4("p", { class: "about", id: "external-id-about", children: store2.t("form.externalId.about") }),
    /* @__PURE__ */ a4("div", { class: "box", children: [
      /* @__PURE__ */ a4("input", { id: "external-id", ref: input, readOnly: !0, value: id, "aria-describedby": "external-id-about" }),
      /* @__PURE__ */ a4("button", { type: "button", class: "link", onClick: () => {
        copy();
      }, children: store2.t(isCopied ? "form.copied" : "form.copy") })
    ] })
  ] });
}

// src/connect/views/list.tsx
var SEARCH_FROM = 9;
function List({ store: store2 }) {
  let { t: t4 } = store2, [search, setSearch] = d2(""), all = store2.integrations.value, words = search.trim().toLocaleLowerCase(), shown = all.filter(({ display_name, provider }) => `${display_name} ${provider}`.toLocaleLowerCase().includes(words)), isEmpty = all.length === 0;
  return /* @__PURE__ */ a4($, { children: [
    /* @__PURE__ */ a4(TopBar, { store: store2, onBack: store2.own.isManaging ? () => {
      store2.own.show();
    } : void 0 }),
    /* @__PURE__ */ a4("div", { class: "body", children: [
      /* @__PURE__ */ a4("h1", { id: "title", children: t4(isEmpty ? "list.empty.title" : "list.title") }),
      /* @__PURE__ */ a4("p", { children: t4(isEmpty ? "list.empty.about" : "list.about") }),
      all.length >= SEARCH_FROM && /* @__PURE__ */ a4(
        "input",
        {
          type: "search",
          class: "search",
          "aria-label": t4("list.search"),
          placeholder: t4("list.search"),
          value: search,
          "data-autofocus": !0,
          onInput: (event) => setSearch(event.currentTarget.value)
        }
      ),
      shown.length === 0 && !isEmpty && /* @__PURE__ */ a4("p", { role: "status", children: t4("list.none") }),
      /* @__PURE__ */ a4("ul", { class: "list", children: shown.map((integration) => /* @__PURE__ */ a4("li", { children: [
        /* @__PURE__ */ a4(
          "button",
          {
            type: "button",
            class: "row",
            "aria-busy": store2.opening.value === integration.unique_key,
            onClick: () => {
              store2.openForm(integration);
            },
            children: [
              /* @__PURE__ */ a4(Logo, { src: integration.logo, name: integration.display_name }),
              /* @__PURE__ */ a4("span", { class: "name", children: integration.display_name }),
              /* @__PURE__ */ a4(Icon, { path: "M9 5l7 7-7 7" })
            ]
          }
        ),
        store2.listError.value === integration.unique_key && /* @__PURE__ */ a4("p", { class: "problem", role: "alert", children: [
          t4("fatal.unknown.title"),
          " ",
          /* @__PURE__ */ a4("button", { type: "button", class: "link", onClick: () => {
            store2.openForm(integration);
          }, children: t4("retry") })
        ] })
      ] }, integration.unique_key)) })
    ] }),
    isEmpty && store2.place.isFramed && /* @__PURE__ */ a4("div", { class: "actions", children: /* @__PURE__ */ a4("button", { type: "button", class: "button", onClick: () => store2.close("click:close"), children: t4("close") }) })
  ] });
}

// src/connect/views/own.tsx
function Own({ store: store2, connections }) {
  let { t: t4 } = store2;
  return /* @__PURE__ */ a4($, { children: [
    /* @__PURE__ */ a4(TopBar, { store: store2 }),
    /* @__PURE__ */ a4("div", { class: "body", children: [
      /* @__PURE__ */ a4("h1", { id: "title", children: t4("own.title") }),
      /* @__PURE__ */ a4("ul", { class: "list", children: connections.map((connection) => /* @__PURE__ */ a4("li", { class: "row is-own", children: /* @__PURE__ */ a4(Connection, { store: store2, connection }) }, `${connection.provider_config_key}/${connection.connection_id}`)) }),
      store2.own.hasFailed.value && /* @__PURE__ */ a4("p", { class: "problem", role: "alert", children: [
        t4("fatal.unknown.title"),
        ". ",
        t4("fatal.unknown.about")
      ] })
    ] }),
    /* @__PURE__ */ a4("div", { class: "actions", children: /* @__PURE__ */ a4("button", { type: "button", class: "button", "data-autofocus": !0, onClick: () => {
      store2.addAccount();
    }, children: t4("list.title") }) })
  ] });
}
function Connection({ store: store2, connection }) {
  let { t: t4 } = store2, integration = store2.own.integrationOf(connection), name = integration?.display_name ?? connection.provider_config_key, date = new Date(connection.created_at).toLocaleDateString(store2.language), again = t4("form.submit.reconnect"), end = t4("own.disconnect");
  return /* @__PURE__ */ a4($, { children: [
    /* @__PURE__ */ a4(Logo, { src: integration?.logo ?? "", name }),
    /* @__PURE__ */ a4("span", { class: "name", children: [
      name,
      /* @__PURE__ */ a4("small", { class: connection.needs_reconnect ? "problem" : void 0, children: connection.needs_reconnect ? t4("own.broken") : t4("own.since", { date }) })
    ] }),
    /* @__PURE__ */ a4("span", { class: "links", children: [
      /* @__PURE__ */ a4(
        "button",
        {
          type: "button",
          class: "link",
          "aria-label": `${again}: ${name}`,
          disabled: store2.isBusy.value,
          onClick: () => {
            store2.own.reconnect(connection);
          },
          children: again
        }
      ),
      /* @__PURE__ */ a4(
        "button",
        {
          type: "button",
          class: "link",
          "aria-label": `${end}: ${name}`,
          disabled: store2.isBusy.value,
          onClick: () => {
            store2.own.disconnect(connection, name);
          },
          children: end
        }
      )
    ] })
  ] });
}

// src/connect/views/waiting.tsx
function Waiting({ store: store2 }) {
  return /* @__PURE__ */ a4($, { children: [
    /* @__PURE__ */ a4(TopBar, { store: store2 }),
    /* @__PURE__ */ a4("div", { class: "body", "aria-busy": "true", children: [
      /* @__PURE__ */ a4("h1", { id: "title", class: "visually-hidden", children: store2.t("loading") }),
      /* @__PURE__ */ a4("div", { class: "bone is-title" }),
      /* @__PURE__ */ a4("div", { class: "bone" }),
      /* @__PURE__ */ a4("div", { class: "bone" }),
      /* @__PURE__ */ a4("div", { class: "bone" })
    ] })
  ] });
}

// src/connect/views/app.tsx
var FOCUSABLE = "a[href], button:not([disabled]), input:not([disabled]), select, textarea, summary";
function App({ store: store2 }) {
  let dialog = T2(null), screen = store2.screen.value;
  A2(() => {
    (dialog.current?.querySelector("[data-autofocus]") ?? dialog.current)?.focus();
  }, [screen]), A2(() => {
    let onKey = (event) => {
      event.key === "Escape" && store2.place.isFramed && store2.close("click:close"), event.key === "Tab" && dialog.current && keepFocus(event, dialog.current);
    };
    return document.addEventListener("keydown", onKey), () => document.removeEventListener("keydown", onKey);
  }, [store2]);
  let isOwnTab = !store2.place.isFramed;
  return /* @__PURE__ */ a4(
    "div",
    {
      class: `ground ${store2.place.isEmbedded ? "is-embedded" : ""} ${isOwnTab ? "is-tab" : ""}`,
      onMouseDown: (event) => {
        event.target === event.currentTarget && !isOwnTab && store2.close("click:outside");
      },
      children: /* @__PURE__ */ a4("div", { class: "dialog", role: "dialog", "aria-modal": "true", "aria-labelledby": "title", tabIndex: -1, ref: dialog, children: [
        /* @__PURE__ */ a4(Current, { store: store2 }),
        store2.session.value?.connectUISettings.showWatermark && /* @__PURE__ */ a4("p", { class: "watermark", children: store2.t("watermark") })
      ] })
    }
  );
}
function Current({ store: store2 }) {
  let screen = store2.screen.value;
  switch (screen.kind) {
    case "waiting":
      return /* @__PURE__ */ a4(Waiting, { store: store2 });
    case "fatal":
      return /* @__PURE__ */ a4(Fatal, { store: store2, screen });
    case "list":
      return /* @__PURE__ */ a4(List, { store: store2 });
    case "own":
      return /* @__PURE__ */ a4(Own, { store: store2, connections: screen.connections });
    case "form":
      return /* @__PURE__ */ a4(Form, { store: store2, form: screen }, screen.integration.unique_key);
    case "success":
    case "failure":
      return /* @__PURE__ */ a4(Ending, { store: store2, screen });
  }
}
function keepFocus(event, dialog) {
  let all = [...dialog.querySelectorAll(FOCUSABLE)].filter((element) => element.offsetParent), [first, last] = [all[0], all.at(-1)];
  if (!first || !last) return;
  let isInside = dialog.contains(document.activeElement);
  event.shiftKey && (document.activeElement === first || document.activeElement === dialog) ? (event.preventDefault(), last.focus()) : (!isInside || !event.shiftKey && document.activeElement === last) && (event.preventDefault(), first.focus());
}

// src/connect/main.tsx
var ownApi = document.querySelector("meta[name=bowline-api]")?.content ?? "", address = new URL(window.location.href), place = placeOf(address, window.parent !== window, ownApi);
place.token && window.history.replaceState(null, "", withoutToken(address));
var store = new Store(place), systemIsDark = window.matchMedia("(prefers-color-scheme: dark)");
document.documentElement.lang = store.language;
x2(() => {
  let settings = store.session.value?.connectUISettings;
  applyTheme(themeOf(place.theme, settings, systemIsDark.matches), settings);
});
var guard = new ParentGuard();
window.addEventListener("message", ({ source, origin, data }) => {
  let token = tokenOf(data);
  token && place.isFramed && guard.accepts(source, window.parent, origin) && store.start(token);
});
var root = document.querySelector("#app");
root && Q(/* @__PURE__ */ a4(App, { store }), root);
store.begin();
