package dev.sdlora.server.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results in a folder. */
@SuppressWarnings("NullAway.Init")
class ResultsTest {
  private static final String ID = "0f8fad5b-d9cb-469f-a165-70867728950e";
  private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");

  @TempDir Path folder;

  private void write(String name, Instant time) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, new byte[] {1});
    Files.setLastModifiedTime(file, FileTime.from(time));
  }

  private void sweep(Duration age) {
    try (Results results =
        new Results(FolderPlace.open(folder), Optional.of(age), InstantSource.fixed(NOW))) {
      results.sweep();
    }
  }

  @Test
  void sweep_deletesOldResults_andNothingElse() throws IOException {
    Instant old = NOW.minus(Duration.ofDays(8));
    List<String> others =
        List.of(
            "2026-11-20/holiday-1.png",
            "2026-11-20/" + ID + "-0.jpg",
            "2026-11-20/" + ID + "-0.png.bak",
            "2026-11-20/deeper/" + ID + "-0.png",
            "pictures/" + ID + "-0.png",
            "linked/" + ID + "-0.png",
            ID + "-0.png");
    for (String other : others) {
      write(other, old);
    }
    Files.createSymbolicLink(folder.resolve("2026-11-01"), folder.resolve("linked"));
    write("2026-11-20/" + ID + "-0.png", old);
    write("2026-11-21/" + ID + "-12.png", old);
    write("2026-11-22/" + ID + "-0.png", NOW.minus(Duration.ofDays(6)));
    sweep(Duration.ofDays(7));
    assertThat(folder.resolve("2026-11-20/" + ID + "-0.png")).doesNotExist();
    assertThat(folder.resolve("2026-11-21")).doesNotExist();
    assertThat(folder.resolve("2026-11-22/" + ID + "-0.png")).exists();
    others.forEach(other -> assertThat(folder.resolve(other)).exists());
  }

  @Test
  void folder_thatVanishes_isNotMadeAgain() throws IOException {
    FolderPlace place = FolderPlace.open(folder.resolve("results"));
    place.write("2026-11-30/a.png", new byte[] {1, 2});
    assertThat(place.read("2026-11-30/a.png")).containsExactly(1, 2);
    assertThatThrownBy(() -> place.read("2026-11-30/b.png"))
        .isInstanceOf(NoSuchFileException.class);
    place.delete("2026-11-30/a.png");
    place.delete("2026-11-30/a.png");
    Files.delete(folder.resolve("results"));
    assertThatThrownBy(() -> place.write("2026-11-30/a.png", new byte[1]))
        .isInstanceOf(IOException.class);
    assertThat(place.before("2026-12-01")).isEmpty();
  }

  @Test
  void otherPlaces_areRefused() {
    assertThatThrownBy(() -> Results.require("gs://bucket"))
        .hasMessage("results must be a folder or an address that begins with s3://: 'gs://bucket'");
    assertThatThrownBy(() -> Results.open("s3://bucket", Optional.empty()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("dev.sdlora:sd-s3");
  }
}
