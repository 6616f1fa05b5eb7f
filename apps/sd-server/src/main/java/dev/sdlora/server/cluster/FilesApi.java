package dev.sdlora.server.cluster;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Embedding;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.request.context.Model;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.Route;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * {@code GET /api/files/SHA256}: the files that requests can name, for workers that lack them. A
 * request can continue a download with {@code Range: bytes=N-}. Safe for use by several threads.
 */
public final class FilesApi {
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,18})-");
  private static final int PIECE = 1 << 20;

  private final RequestContext requestContext;
  private final Map<String, Path> known = new ConcurrentHashMap<>();

  /** Creates the API of what requests can name. */
  public FilesApi(RequestContext requestContext) {
    this.requestContext = requestContext;
  }

  /** Returns the routes. */
  public List<Route> routes() {
    return List.of(
        Route.get("/api/files/{sha256}", context -> send(context, true)).forClients(),
        Route.head("/api/files/{sha256}", context -> send(context, false)).forClients());
  }

  /** Remembers where a file is. */
  void publish(String sha256, Path file) {
    known.put(sha256, file);
  }

  private void send(Context context, boolean body) throws IOException {
    String sha256 = context.pathParam("sha256");
    if (!HASH.matcher(sha256).matches()) {
      throw new Refusal(422, "the name of a file must be its SHA-256, 64 digits in lower case");
    }
    try (FileChannel file = FileChannel.open(find(sha256), StandardOpenOption.READ)) {
      long size = file.size();
      long start = start(context, size);
      context
          .contentType("application/octet-stream")
          .header("Accept-Ranges", "bytes")
          .header("ETag", '"' + sha256 + '"')
          .header("Cache-Control", "private, immutable, max-age=31536000");
      if (start > 0) {
        context
            .status(206)
            .header("Content-Range", "bytes %s-%s/%s".formatted(start, size - 1, size));
      }
      context.res().setContentLengthLong(size - start);
      if (body) {
        copy(file.position(start), context.res().getOutputStream());
      }
    } catch (NoSuchFileException e) {
      throw gone();
    }
  }

  private static long start(Context context, long size) {
    Matcher range = RANGE.matcher(Optional.ofNullable(context.header("Range")).orElse(""));
    long start = range.matches() ? Long.parseLong(range.group(1)) : 0;
    if (start > 0 && start >= size) {
      throw new Refusal(
          416, "the file has %s bytes".formatted(size), Map.of("Content-Range", "bytes */" + size));
    }
    return start;
  }

  private static void copy(FileChannel file, OutputStream out) throws IOException {
    WritableByteChannel to = Channels.newChannel(out);
    ByteBuffer piece = ByteBuffer.allocate(PIECE);
    while (file.read(piece) >= 0) {
      piece.flip();
      to.write(piece);
      piece.clear();
    }
  }

  private static Refusal gone() {
    return new Refusal(404, "this server has no file of this SHA-256");
  }

  /** Finds a file, whose content must not have changed since it was hashed. */
  private Path find(String sha256) {
    return Optional.ofNullable(known.get(sha256))
        .filter(file -> has(file, sha256))
        .or(() -> nameable().stream().filter(file -> has(file, sha256)).findFirst())
        .orElseThrow(FilesApi::gone);
  }

  /** Whether a file has a hash; reads only files whose hash is not remembered. */
  private static boolean has(Path file, String sha256) {
    return Files.isRegularFile(file) && Hashes.has(file, sha256);
  }

  /** Returns the files that requests can name. Another front may have told about them. */
  private Set<Path> nameable() {
    Set<Path> files = new LinkedHashSet<>();
    for (Model model : requestContext.checkpoints()) {
      Checkpoint checkpoint = model.checkpoint();
      if (!checkpoint.isFolder()) {
        files.add(checkpoint.path());
      } else {
        inside(checkpoint.path()).forEach(files::add);
      }
      Stream.of(
              checkpoint.vae(),
              checkpoint.parts().textEncoder(),
              checkpoint.parts().textEncoder2(),
              checkpoint.parts().textEncoder3())
          .flatMap(Optional::stream)
          .forEach(files::add);
    }
    requestContext.pipeline().loras().list().stream().map(LoraAdapter::path).forEach(files::add);
    requestContext.pipeline().embeddings().list().stream().map(Embedding::path).forEach(files::add);
    files.addAll(requestContext.upscalers().values());
    files.addAll(requestContext.controlNets().values());
    return files;
  }

  private static Set<Path> inside(Path folder) {
    Set<Path> files = new LinkedHashSet<>();
    try (Stream<Path> all = Files.walk(folder)) {
      all.filter(Files::isRegularFile).sorted().forEach(files::add);
    } catch (IOException e) {
      return Set.of(); // Its files are gone.
    }
    return files;
  }
}
