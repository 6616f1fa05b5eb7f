package dev.sdlora.server;

import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.Sha256;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask. Web pages of others may not, unless their origin is allowed: a browser sends their
 * requests to this machine too, and names the origin. Without credentials a server of this machine
 * alone also refuses other names in {@code Host}, by which a page could pretend to be of the same
 * origin.
 */
final class Access {
  private static final Set<String> OPEN = Set.of("/health", "/ready");

  /** Hashes of what may stand in {@code Authorization}, so that comparing takes equal time. */
  private final List<byte[]> credentials = new ArrayList<>();

  private final Set<String> origins;
  private final boolean loopback;

  Access(Map<String, String> users, Set<String> tokens, Set<String> origins, boolean loopback) {
    users.forEach(
        (name, password) -> {
          byte[] pair = (name + ":" + password).getBytes(StandardCharsets.UTF_8);
          credentials.add(hash("Basic " + Base64.getEncoder().encodeToString(pair)));
        });
    tokens.forEach(token -> credentials.add(hash("Bearer " + token)));
    this.origins = Set.copyOf(origins);
    this.loopback = loopback;
  }

  private static byte[] hash(String text) {
    return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Refuses who may not. */
  void check(Context context) {
    String origin = context.header("Origin");
    if (origin != null) {
      checkOrigin(origin, context);
    }
    if (loopback && credentials.isEmpty() && !isOfThisMachine(context)) {
      throw new Refusal(403, "this server answers to localhost alone");
    }
    boolean asksWhatIsAllowed = HandlerType.OPTIONS.equals(context.method()) && origin != null;
    if (!asksWhatIsAllowed && !OPEN.contains(context.path())) {
      checkCredentials(context.header("Authorization"));
    }
  }

  private void checkOrigin(String origin, Context context) {
    if (origins.contains(origin) || origins.contains("*")) {
      context.header("Access-Control-Allow-Origin", origin);
      context.header("Vary", "Origin");
      context.header("Access-Control-Allow-Methods", "GET, POST, DELETE");
      context.header("Access-Control-Allow-Headers", "Authorization, Content-Type");
      context.header("Access-Control-Expose-Headers", "Location, Retry-After");
    } else if (!origin.equals("http://" + context.header("Host"))) {
      throw new Refusal(403, "web pages of this origin may not use this server");
    }
  }

  private static boolean isOfThisMachine(Context context) {
    String host = context.header("Host");
    String name = host == null ? "" : host.replaceFirst(":\\d+$", "");
    return name.equals("localhost") || name.equals("[::1]") || name.matches("127(\\.\\d{1,3}){3}");
  }

  private void checkCredentials(@Nullable String given) {
    byte[] hash = hash(given == null ? "" : scheme(given));
    boolean known = credentials.isEmpty();
    for (byte[] credential : credentials) {
      known |= MessageDigest.isEqual(credential, hash);
    }
    if (!known) {
      throw new Refusal(
          401,
          "Incorrect username or password",
          Map.of("WWW-Authenticate", "Basic realm=\"sd-server\", charset=\"UTF-8\""));
    }
  }

  /** Names of schemes are written in any case. */
  private static String scheme(String given) {
    if (given.regionMatches(true, 0, "basic ", 0, 6)) {
      return "Basic " + given.substring(6).strip();
    }
    return given.regionMatches(true, 0, "bearer ", 0, 7)
        ? "Bearer " + given.substring(7).strip()
        : given;
  }
}
