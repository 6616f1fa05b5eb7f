package dev.sdlora.models;

import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The Hugging Face Hub as clients see it: one site with metadata, and one with contents. */
final class HubSites implements AutoCloseable {
  static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  static final String SECRET = "hf_secret";

  final Site hub = new Site();
  final Site storage = new Site();

  /** The waits that a store requested. */
  final List<Duration> pauses = new CopyOnWriteArrayList<>();

  private final Map<String, byte[]> files = new TreeMap<>();

  HubSites() throws IOException {}

  /** Adds a large file, whose content is on the other site. */
  HubSites large(String name, byte[] content) {
    String sha256 = sha256(content);
    files.put(name, content);
    storage.page("/" + sha256 + "?signature=1", Site.file(content));
    return resolved(
        name,
        Site.status(
            302,
            "X-Repo-Commit",
            COMMIT,
            "X-Linked-Etag",
            "\"" + sha256 + "\"",
            "X-Linked-Size",
            String.valueOf(content.length),
            "Location",
            storage.byName() + "/" + sha256 + "?signature=1"));
  }

  /** Adds a small file, whose content is on the hub itself. */
  HubSites small(String name, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    files.put(name, bytes);
    return resolved(
        name,
        Site.file(
            bytes,
            "X-Repo-Commit",
            COMMIT,
            "ETag",
            "W/\"" + sha256(bytes).substring(0, 40) + "\"",
            "Content-Type",
            "text/plain; charset=utf-8"));
  }

  HubSites resolved(String name, HttpHandler handler) {
    hub.page("/owner/repo/resolve/main/" + name, handler);
    hub.page("/owner/repo/resolve/" + COMMIT + "/" + name, handler);
    return this;
  }

  /** Publishes the list of files. */
  HubSites listed(String... more) {
    String names =
        Stream.concat(files.keySet().stream(), List.of(more).stream())
            .map(name -> "{\"rfilename\": \"" + name + "\"}")
            .collect(Collectors.joining(", "));
    hub.page(
        "/api/models/owner/repo/revision/main",
        Site.text(
            "application/json", "{\"sha\": \"%s\", \"siblings\": [%s]}".formatted(COMMIT, names)));
    return this;
  }

  ModelStore.Builder store(Path folder) {
    return store(folder, hub.address());
  }

  ModelStore.Builder store(Path folder, URI endpoint) {
    return ModelStore.builder()
        .environment(Map.of(), folder)
        .cache(folder.resolve("hub"))
        .folder(folder.resolve("store"))
        .hubEndpoint(endpoint)
        .token(SECRET)
        .proxy(ProxySelector.of(null))
        .pause(pauses::add);
  }

  static byte[] noise(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    hub.close();
    storage.close();
  }
}
