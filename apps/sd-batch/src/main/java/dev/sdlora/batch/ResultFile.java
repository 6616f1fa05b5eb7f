package dev.sdlora.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.request.Fields;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What became of requests: JSON Lines to which lines are only added; of several for one request the
 * last counts. A line that was torn by the end of a process is completed or taken away before the
 * next one is added.
 */
final class ResultFile {
  static final String NAME = "results.jsonl";

  private static final int BLOCK = 1 << 16;

  private final Path file;
  private final Map<String, Entry> entries = new HashMap<>();
  private long position;
  private boolean fresh;

  /**
   * What became of a request.
   *
   * @param hash of the settings that it had
   * @param failed whether there is an error in the place of an image
   * @param fresh whether that was told since the file was first looked at
   */
  record Entry(String hash, boolean failed, boolean fresh) {}

  private ResultFile(Path file) {
    this.file = file;
  }

  /** Reads what is there; nothing is changed. */
  static ResultFile open(Path folder) {
    ResultFile results = new ResultFile(folder.resolve(NAME));
    results.readOn();
    results.fresh = true;
    return results;
  }

  /** What became of a request, with the settings that it has, when the file was last looked at. */
  Optional<Entry> find(BatchRequest request) {
    return Optional.ofNullable(entries.get(request.id()))
        .filter(entry -> entry.hash().equals(request.hash()));
  }

  /** Reads what others have added; a line that has no end yet is left for later. */
  void readOn() {
    if (!Files.exists(file)) {
      return;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() < position) { // Somebody has begun anew.
        position = 0;
      }
      channel.position(position);
      LineSplitter lines = new LineSplitter();
      ByteBuffer block = ByteBuffer.allocate(BLOCK);
      while (channel.read(block) >= 0) {
        lines.add(block.flip());
        block.clear();
      }
    } catch (ClosedByInterruptException e) {
      throw cancelled();
    } catch (IOException e) {
      throw cannot("read", e);
    }
  }

  /** Cuts bytes into lines. */
  private final class LineSplitter {
    private final java.io.ByteArrayOutputStream line = new java.io.ByteArrayOutputStream();

    void add(ByteBuffer bytes) {
      while (bytes.hasRemaining()) {
        byte next = bytes.get();
        line.write(next);
        if (next == '\n') {
          position += line.size();
          note(line.toString(StandardCharsets.UTF_8));
          line.reset();
        }
      }
    }
  }

  private void note(String line) {
    // What is no result was not written here.
    Json.tryRead(line.strip())
        .filter(result -> result.path("id").isTextual())
        .ifPresent(
            result ->
                entries.put(
                    result.path("id").textValue(),
                    new Entry(result.path("hash").asText(""), result.has("error"), fresh)));
  }

  /** Adds a line. Nobody else may add at the same time. */
  void add(ObjectNode result) {
    byte[] line = (Fields.text(result) + "\n").getBytes(StandardCharsets.UTF_8);
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      channel.position(repaired(channel));
      for (ByteBuffer bytes = ByteBuffer.wrap(line); bytes.hasRemaining(); ) {
        channel.write(bytes);
      }
      channel.force(false);
    } catch (ClosedByInterruptException e) {
      throw cancelled();
    } catch (IOException e) {
      throw cannot("write", e);
    }
    readOn();
  }

  /** The end of the last whole line, behind which there is nothing any more. */
  private static long repaired(FileChannel channel) throws IOException {
    long size = channel.size();
    long begin = beginOfLastLine(channel, size);
    if (begin == size) {
      return size;
    }
    ByteBuffer torn = ByteBuffer.allocate((int) Math.min(size - begin, Integer.MAX_VALUE - 16));
    for (int read = 0; torn.hasRemaining() && read >= 0; ) {
      read = channel.read(torn, begin + torn.position());
    }
    if (Json.tryRead(StandardCharsets.UTF_8.decode(torn.flip()).toString()).isPresent()) {
      channel.write(ByteBuffer.wrap(new byte[] {'\n'}), size); // Its end alone is missing.
      return size + 1;
    }
    channel.truncate(begin);
    return begin;
  }

  private static long beginOfLastLine(FileChannel channel, long size) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(BLOCK);
    for (long end = size; end > 0; end -= Math.min(end, BLOCK)) {
      int length = (int) Math.min(end, BLOCK);
      block.clear().limit(length);
      for (int read = 0; block.hasRemaining() && read >= 0; ) {
        read = channel.read(block, end - length + block.position());
      }
      for (int i = length - 1; i >= 0; i--) {
        if (block.get(i) == '\n') {
          return end - length + i + 1;
        }
      }
    }
    return 0;
  }

  private static GenerationCancelledException cancelled() {
    Thread.currentThread().interrupt();
    return new GenerationCancelledException("the batch was cancelled");
  }

  private BatchException cannot(String what, IOException e) {
    return new BatchException("cannot %s the results '%s': %s".formatted(what, file, e), e);
  }
}
