package dev.sdlora.tensors.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.Spool;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that appear complete or not at all. */
final class ReplacedFileTest {
  @TempDir private Path folder;
  private Path target;

  @BeforeEach
  void writeEarlierFile() throws IOException {
    target = Files.writeString(folder.resolve("a.bin"), "earlier");
  }

  private static ReplacedFile.Content text(String text) {
    return channel -> channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void write_diskFillsUp_keepsEarlierFileAndLeavesNoOther() throws IOException {
    assertThatThrownBy(
            () ->
                ReplacedFile.write(
                    target,
                    channel -> {
                      text("half").writeTo(channel);
                      throw new IOException("No space left on device");
                    }))
        .isInstanceOf(IOException.class);

    assertThat(target).hasContent("earlier");
    assertThat(files()).containsExactly(target);
  }

  @Test
  void write_whatAKilledProcessLeft_isRemovedWithTheNextWriteOfThatFile() throws IOException {
    Path left = leftover("half", target);
    Path other = leftover("half of another file", folder.resolve("b.bin"));

    ReplacedFile.write(target, text("new"));

    assertThat(target).hasContent("new");
    assertThat(left).doesNotExist();
    assertThat(other).exists();
  }

  @Test
  void write_whatIsBeingWritten_stays() throws IOException {
    ReplacedFile.write(
        target,
        outer -> {
          text("outer").writeTo(outer);
          Path partial = files().filter(file -> !file.equals(target)).findFirst().orElseThrow();
          Files.setLastModifiedTime(partial, FileTime.from(Instant.now().minusSeconds(3600)));
          ReplacedFile.write(target, text("inner"));
          assertThat(partial).exists();
        });

    assertThat(target).hasContent("outer");
    assertThat(files()).containsExactly(target);
  }

  @Test
  void spool_whileItIsOpen_hasNoNameThatAKilledProcessWouldLeave() throws IOException {
    try (Spool spool = Spool.create(target)) {
      SafetensorsWriter.Source source =
          spool.add(channel -> channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3})));
      assertThat(files()).containsExactly(target);
      new SafetensorsWriter().tensor("x", DType.U8, java.util.List.of(3L), source).write(target);
    }
    assertThat(TensorFile.open(target).find("x")).isPresent();
  }

  /** Creates the file left by a process that was killed during a write. */
  private Path leftover(String content, Path file) throws IOException {
    Path[] partial = new Path[1];
    assertThatThrownBy(
            () ->
                ReplacedFile.write(
                    file,
                    channel -> {
                      partial[0] =
                          files()
                              .filter(there -> there.toString().endsWith(".part"))
                              .filter(there -> !there.getFileName().toString().contains("left"))
                              .findFirst()
                              .orElseThrow();
                      throw new IOException("killed");
                    }))
        .isInstanceOf(IOException.class);
    Path left = Path.of(partial[0].toString().replace(".part", "-left.part"));
    Files.writeString(left, content);
    return Files.setLastModifiedTime(left, FileTime.from(Instant.now().minusSeconds(3600)));
  }

  private Stream<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList().stream();
    }
  }
}
