package dev.sdlora.models;

import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Path;

/** Gets a file in a process of its own. */
final class GettingProgram {
  private GettingProgram() {}

  public static void main(String[] args) {
    Path folder = Path.of(args[1]);
    ModelStore.builder()
        .hubEndpoint(URI.create(args[0]))
        .cache(folder.resolve("hub"))
        .folder(folder.resolve("store"))
        .proxy(ProxySelector.of(null))
        .build()
        .get(args[2]);
  }
}
