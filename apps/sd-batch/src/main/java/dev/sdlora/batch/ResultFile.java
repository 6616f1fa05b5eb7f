package dev.sdlora.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.request.json.Fields;
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
 * The results of requests as JSON Lines. Lines are only appended; the last one for a request is
 * valid. A line that was cut off by the end of a process is completed or removed before the next
 * one is added.
 */
final class ResultFile {
  static final String NAME = "results.jsonl";

  private static final int BLOCK = 1 << 16;

  private final Path file;
  private final Map<String, Entry> entries = new HashMap<>();
  private long position;
  private boolean fresh;

  /**
   * The result of a request.
   *
   * @param hash the hash of its settings
   * @param failed whether it is an error instead of an image
   * @param fresh whether it was added after the file was opened
   */
  record Entry(String hash, boolean failed, boolean fresh) {}

  private ResultFile(Path file) {
    this.file = file;
  }

  /** Reads the existing results; changes nothing. */
  static ResultFile open(Path folder) {
    ResultFile results = new ResultFile(folder.resolve(NAME));
    results.readOn();
    results.fresh = true;
    return results;
  }

  /** Returns the known result of a request with its current settings. */
  Optional<Entry> find(BatchRequest request) {
    return Optional.ofNullable(entries.get(request.id()))
        .filter(entry -> entry.hash().equals(request.hash()));
  }

  /** Reads results that other processes have added; skips an unfinished line. */
  void readOn() {
    if (!Files.exists(file)) {
      return;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() < position) { // The file was replaced.
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

  /** Splits bytes into lines. */
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
    // Other lines were not written by this class.
    CanonicalJson.tryRead(line.strip())
        .filter(result -> result.path("id").isTextual())
        .ifPresent(
            result ->
                entries.put(
                    result.path("id").textValue(),
                    new Entry(result.path("hash").asText(""), result.has("error"), fresh)));
  }

  /** Appends a line. No other process may append at the same time. */
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

  /** Completes or removes an unfinished last line; returns the new end of the file. */
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
    if (CanonicalJson.tryRead(StandardCharsets.UTF_8.decode(torn.flip()).toString()).isPresent()) {
      channel.write(ByteBuffer.wrap(new byte[] {'\n'}), size); // Only the line break is missing.
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
