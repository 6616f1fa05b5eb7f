package dev.sdlora.server.studio;

import dev.sdlora.api.value.Sha256;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.Route;
import io.javalin.http.Context;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The files of the page, from the resources of this package. Browsers revalidate each file, so that
 * a page never mixes two versions.
 */
final class PageFiles {
  /** Excludes parent folders and classes. */
  private static final Pattern NAME =
      Pattern.compile("(?:[a-z][a-z0-9-]*/)*[a-z][a-z0-9-]*\\.(html|js|css|svg)");

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml");

  /** Allows nothing from other sites, no inline scripts and no framing. */
  private static final String POLICY =
      "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none';"
          + " form-action 'none'; frame-ancestors 'none'";

  private final Map<String, PageFile> files = new ConcurrentHashMap<>();

  private record PageFile(String type, String tag, Supplier<InputStream> packed) {}

  List<Route> routes() {
    return List.of(
        Route.get("/", context -> answer("index.html", context)),
        Route.get("/studio/<file>", context -> answer(context.pathParam("file"), context))
            .forClients());
  }

  private void answer(String name, Context context) {
    PageFile file =
        find(name).orElseThrow(() -> new Refusal(404, "the studio has no file of that name"));
    context.header("Content-Security-Policy", POLICY);
    context.header("X-Content-Type-Options", "nosniff");
    context.header("Referrer-Policy", "no-referrer");
    context.header("Cache-Control", "no-cache");
    context.header("ETag", file.tag());
    if (file.tag().equals(context.header("If-None-Match"))) {
      context.status(304);
      return;
    }
    context.header("Vary", "Accept-Encoding");
    String encodings = context.header("Accept-Encoding");
    InputStream content = file.packed().get();
    if (encodings != null && encodings.contains("gzip")) {
      context.header("Content-Encoding", "gzip");
    } else {
      content = unpacked(content);
    }
    context.contentType(file.type()).result(content);
  }

  private static InputStream unpacked(InputStream packed) {
    try {
      return new GZIPInputStream(packed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Optional<PageFile> find(String name) {
    if (!NAME.matcher(name).matches()) {
      return Optional.empty();
    }
    PageFile known = files.get(name);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<PageFile> read = read(name);
    read.ifPresent(file -> files.put(name, file));
    return read;
  }

  private static Optional<PageFile> read(String name) {
    try (InputStream in = PageFiles.class.getResourceAsStream(name)) {
      if (in == null) {
        return Optional.empty();
      }
      byte[] packed = packed(in.readAllBytes());
      String type = Objects.requireNonNull(TYPES.get(name.substring(name.lastIndexOf('.') + 1)));
      return Optional.of(new PageFile(type, tag(packed), () -> new ByteArrayInputStream(packed)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] packed(byte[] content) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(content);
    }
    return packed.toByteArray();
  }

  private static String tag(byte[] content) {
    return '"' + Sha256.hex(content, 8) + '"';
  }
}
