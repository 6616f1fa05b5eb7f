package dev.sdlora.models;

import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Path;

/** Downloads a file in a separate process and prints the number of bytes downloaded. */
final class GettingProgram {
  private GettingProgram() {}

  public static void main(String[] args) {
    Path folder = Path.of(args[1]);
    ModelStore.builder()
        .hubEndpoint(URI.create(args[0]))
        .cache(folder.resolve("hub"))
        .folder(folder.resolve("store"))
        .offline(false)
        .listener(progress -> System.out.println(progress.bytes()))
        .proxy(ProxySelector.of(null))
        .build()
        .get(args[2]);
  }
}
