package dev.sdlora.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cache on a disk of three files and 1 GB. */
@SuppressWarnings("NullAway.Init")
class CacheSpaceTest {
  private static final int LENGTH = 1000;
  private static final long DISK = (1L << 30) + 3 * LENGTH;

  @TempDir Path folder;

  private Path last;
  private Path middle;
  private Path first;
  private CacheSpace space;

  @BeforeEach
  void fill() throws IOException {
    last = file("a", "2026-11-03T00:00:00Z");
    middle = file("b", "2026-11-02T00:00:00Z");
    first = file("c", "2026-11-01T00:00:00Z");
    space = new CacheSpace(folder, () -> DISK - held());
  }

  private Path file(String digit, String read) throws IOException {
    Path file = Files.write(folder.resolve(digit.repeat(64)), new byte[LENGTH]);
    Files.getFileAttributeView(file, BasicFileAttributeView.class)
        .setTimes(null, FileTime.from(Instant.parse(read)), null);
    return file;
  }

  private long held() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).count() * LENGTH;
    }
  }

  @Test
  void fullDisk_filesAreDeleted_inTheOrderOfTheirLastUse() throws IOException {
    space.make(LENGTH);
    assertThat(first).doesNotExist();
    assertThat(middle).exists();
    space.make(2 * LENGTH);
    assertThat(middle).doesNotExist();
    assertThat(last).exists();
  }

  @Test
  void space_thatIsThere_deletesNothing() throws IOException {
    Files.delete(first);
    space.make(LENGTH);
    assertThat(middle).exists();
  }

  @Test
  void tooLarge_othersFilesStay() throws IOException {
    Path other = Files.write(folder.resolve("notes.txt"), new byte[LENGTH]);
    space.make(100 * LENGTH);
    assertThat(folder).isDirectoryContaining(other::equals);
    assertThat(held()).isEqualTo(LENGTH);
  }
}
