package dev.sdlora.models.web;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Percent-encodes names for use in addresses. */
public final class Percent {
  private Percent() {}

  /** Encodes all special characters of a name, including slashes. */
  public static String encode(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Encodes a path, keeping its slashes. */
  public static String encodePath(String path) {
    return Arrays.stream(path.split("/", -1)).map(Percent::encode).collect(Collectors.joining("/"));
  }
}
