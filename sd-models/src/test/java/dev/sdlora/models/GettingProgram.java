package dev.sdlora.models;

import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Path;

/** Gets a file in a process of its own, and writes how many bytes have come. */
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
