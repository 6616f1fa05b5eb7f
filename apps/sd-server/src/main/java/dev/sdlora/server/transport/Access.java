package dev.sdlora.server.transport;

import dev.sdlora.api.value.Sha256;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.SignedPaths;
import dev.sdlora.server.key.Caller;
import dev.sdlora.server.key.Key;
import dev.sdlora.server.key.Keys;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/**
 * Checks access before any part of a body is kept: the host name in the request, the origin of the
 * calling page, and credentials. Web pages of other sites are refused unless their origin is
 * allowed, because browsers would let any page send requests to this machine.
 */
public final class Access {
  /**
   * Request attribute that identifies the client, a string: its credentials, or its address if the
   * server requires none.
   */
  public static final String CLIENT = Access.class.getName() + ".client";

  /** Request attribute with the {@link Caller}. */
  public static final String CALLER = Access.class.getName() + ".caller";

  static final Set<String> SIGNS_OF_LIFE = Set.of("/health", "/ready");

  /** Methods that change nothing. */
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

  /** SHA-256 of valid {@code Authorization} headers, so that comparing takes equal time. */
  private final List<byte[]> credentials = new ArrayList<>();

  private final Keys keys;
  private final Set<String> origins;
  private final AllowedHosts hosts;
  private final SignedPaths signed;

  /** The expected headers, for errors. */
  private final String expected;

  /**
   * Creates the handler.
   *
   * @param users passwords by name
   * @param tokens bearer tokens
   * @param keys bearer tokens with names and limits
   * @param origins allowed origins of web pages; {@code *} is all
   * @param allowedHosts allowed host names, as {@link AllowedHosts} reads them
   * @param signed paths that need no credentials
   */
  public Access(
      Map<String, String> users,
      Set<String> tokens,
      Keys keys,
      Set<String> origins,
      Set<String> allowedHosts,
      SignedPaths signed) {
    users.forEach(
        (name, password) -> {
          byte[] pair = (name + ":" + password).getBytes(StandardCharsets.UTF_8);
          credentials.add(hash("Basic " + Base64.getEncoder().encodeToString(pair)));
        });
    tokens.forEach(token -> credentials.add(hash("Bearer " + token)));
    this.keys = keys;
    this.expected = expected(!users.isEmpty(), !tokens.isEmpty(), keys.exist());
    this.origins = Set.copyOf(origins);
    this.hosts = new AllowedHosts(allowedHosts);
    this.signed = signed;
  }

  private static String expected(boolean users, boolean tokens, boolean keys) {
    List<String> options = new ArrayList<>();
    if (tokens) {
      options.add("--api-key");
    }
    if (keys) {
      options.add("--api-keys");
    }
    List<String> headers = new ArrayList<>();
    if (!options.isEmpty()) {
      headers.add("'Authorization: Bearer KEY' with a key of " + String.join(" or ", options));
    }
    if (users) {
      headers.add("'Authorization: Basic …' with a user and password of --api-auth");
    }
    return String.join(", or ", headers);
  }

  private static byte[] hash(String text) {
    return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns the reason to refuse a request, if there is one; adds headers to its response, and
   * {@link #CLIENT} to a request that is not refused.
   */
  Optional<Refusal> refusal(Request request, Response response) {
    String path = Request.getPathInContext(request);
    HttpFields.Mutable headers = response.getHeaders();
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put(
        "Cross-Origin-Resource-Policy", origins.contains("*") ? "cross-origin" : "same-origin");
    try {
      check(request, path, headers);
      return Optional.empty();
    } catch (Refusal refusal) {
      return Optional.of(refusal);
    }
  }

  private void check(Request request, String path, HttpFields.Mutable answer) {
    boolean signOfLife = SIGNS_OF_LIFE.contains(path);
    String origin = request.getHeaders().get("Origin");
    if (!signOfLife) {
      checkHost(request);
      checkPage(Optional.ofNullable(origin), request, answer);
    }
    boolean preflight = request.getMethod().equals("OPTIONS") && origin != null;
    String client = network(Request.getRemoteAddr(request));
    Caller caller = Caller.ANYONE;
    boolean required = !credentials.isEmpty() || keys.exist();
    if (!signOfLife && !preflight && required && !isSigned(request, answer)) {
      Optional<String> given = Optional.ofNullable(request.getHeaders().get("Authorization"));
      Optional<Key> key = given.flatMap(Access::token).flatMap(keys::find);
      client =
          key.map(known -> "key " + known.name())
              .orElseGet(() -> "credentials " + recognised(given, request));
      caller = key.map(Caller::of).orElse(caller);
    }
    request.setAttribute(CLIENT, client);
    request.setAttribute(CALLER, caller);
  }

  /**
   * Returns an IPv4 address, or the first 64 bits of an IPv6 address, a range that belongs to one
   * client.
   */
  private static String network(String address) {
    if (!address.contains(":")) {
      return address;
    }
    try {
      byte[] bytes = InetAddress.getByName(address).getAddress();
      return HexFormat.of().formatHex(bytes, 0, bytes.length / 2);
    } catch (UnknownHostException e) {
      return address;
    }
  }

  /**
   * Whether the address of a request carries a signature that opens it. Pages of any site may show
   * such images.
   *
   * @throws Refusal if the signature expired or is wrong, and there are no credentials
   */
  private boolean isSigned(Request request, HttpFields.Mutable answer) {
    if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
      return false;
    }
    String path = String.valueOf(request.getHttpURI().getPath());
    SignedPaths.Finding finding = signed.check(path, request.getHttpURI().getQuery());
    boolean bad = finding == SignedPaths.Finding.EXPIRED || finding == SignedPaths.Finding.WRONG;
    if (bad && request.getHeaders().get("Authorization") == null) {
      throw new Refusal(
          403,
          finding == SignedPaths.Finding.EXPIRED
              ? "this address has expired: request its job or the gallery again for a new one, or"
                  + " send credentials"
              : "the signature of this address is wrong: it was changed, or made by a server with"
                  + " another database of jobs (--jobs) or before a restart without one");
    }
    if (finding == SignedPaths.Finding.VALID) {
      answer.put("Cross-Origin-Resource-Policy", "cross-origin");
      return true;
    }
    return false;
  }

  /**
   * Refuses host names that may resolve to this machine without being its own (DNS rebinding),
   * because browsers treat a page under one of them as the server's own.
   */
  private void checkHost(Request request) {
    hosts.check(Optional.ofNullable(request.getHeaders().get("Host")));
    hosts.check(Optional.ofNullable(request.getHttpURI().getAuthority()));
  }

  private void checkPage(Optional<String> origin, Request request, HttpFields.Mutable answer) {
    if (origin.isPresent() && (origins.contains(origin.get()) || origins.contains("*"))) {
      answer.put("Access-Control-Allow-Origin", origin.get());
      answer.put("Vary", "Origin");
      answer.put("Access-Control-Allow-Methods", "GET, POST, DELETE");
      answer.put(
          "Access-Control-Allow-Headers",
          "Authorization, Content-Type, Idempotency-Key, Mcp-Session-Id, MCP-Protocol-Version,"
              + " X-Request-Id, traceparent, tracestate");
      answer.put(
          "Access-Control-Expose-Headers", "Location, Mcp-Session-Id, Retry-After, X-Request-Id");
      return;
    }
    Optional<String> site = Optional.ofNullable(request.getHeaders().get("Sec-Fetch-Site"));
    if (site.filter("same-origin"::equals).isPresent()) {
      return;
    }
    boolean other =
        origin.isPresent()
            ? !isOwn(origin.get(), request)
            : !SAFE.contains(request.getMethod())
                && site.filter(value -> !value.equals("none")).isPresent();
    if (other) {
      String page = origin.orElse("another site");
      throw new Refusal(
          403,
          "web pages of %s may not use this server: allow their origin (--cors-allow-origin %s); if this is the server's own page behind a proxy, make the proxy forward the Host header, or trust the proxy (--trusted-proxy %s)"
              .formatted(page, origin.orElse("ORIGIN"), Request.getRemoteAddr(request)));
    }
  }

  /** Whether an origin is the server's own. Schemes may differ, because a proxy may handle TLS. */
  private static boolean isOwn(String origin, Request request) {
    String page = host(origin.replaceFirst("^https?://", ""));
    return Optional.ofNullable(request.getHeaders().get("Host")).map(Access::host).stream()
            .anyMatch(page::equals)
        || Optional.ofNullable(request.getHttpURI().getAuthority()).map(Access::host).stream()
            .anyMatch(page::equals);
  }

  private static String host(String authority) {
    return authority.toLowerCase(Locale.ROOT).replaceFirst(":(80|443)$", "");
  }

  /** Returns the index of the given credentials. */
  private int recognised(Optional<String> given, Request request) {
    int known = index(given.map(Access::normal).orElse(""));
    if (known < 0) {
      known = given.flatMap(Access::token).map(token -> index("Bearer " + token)).orElse(-1);
    }
    if (known < 0) {
      throw new Refusal(
          401,
          "%s: send the header %s".formatted(wrong(given, request), expected),
          Map.of("WWW-Authenticate", "Basic realm=\"sd-server\", charset=\"UTF-8\""));
    }
    return known;
  }

  private int index(String header) {
    byte[] hash = hash(header);
    int known = -1;
    for (int i = 0; i < credentials.size(); i++) {
      known = MessageDigest.isEqual(credentials.get(i), hash) ? i : known;
    }
    return known;
  }

  private static String wrong(Optional<String> given, Request request) {
    String query = request.getHttpURI().getQuery();
    if (given.isEmpty()) {
      return query != null && query.contains("signature=")
          ? "the signature of this address is not valid any more, and the request has no"
              + " credentials"
          : "the request has no credentials";
    }
    return given.get().regionMatches(true, 0, "basic ", 0, 6)
        ? "Incorrect username or password"
        : "Incorrect API key";
  }

  /**
   * Returns the token in an {@code Authorization} header; that of Basic is the password, because
   * browsers ask for nothing else.
   */
  private static Optional<String> token(String header) {
    String normal = normal(header);
    if (normal.startsWith("Bearer ")) {
      return Optional.of(normal.substring(7));
    }
    if (!normal.startsWith("Basic ")) {
      return Optional.empty();
    }
    try {
      byte[] pair = Base64.getDecoder().decode(normal.substring(6));
      String text = new String(pair, StandardCharsets.UTF_8);
      return Optional.of(text.substring(text.indexOf(':') + 1));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Normalizes an {@code Authorization} header: the scheme's case and the blanks after it may vary.
   */
  private static String normal(String given) {
    if (given.regionMatches(true, 0, "basic ", 0, 6)) {
      return "Basic " + given.substring(6).strip();
    }
    return given.regionMatches(true, 0, "bearer ", 0, 7)
        ? "Bearer " + given.substring(7).strip()
        : given;
  }
}
