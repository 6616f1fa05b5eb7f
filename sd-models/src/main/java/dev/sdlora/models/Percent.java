package dev.sdlora.models;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Names as parts of addresses. */
final class Percent {
  private Percent() {}

  /** A name with all that is special in addresses encoded, slashes too. */
  static String encode(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** A path whose slashes stay. */
  static String encodePath(String path) {
    return Arrays.stream(path.split("/", -1)).map(Percent::encode).collect(Collectors.joining("/"));
  }
}
