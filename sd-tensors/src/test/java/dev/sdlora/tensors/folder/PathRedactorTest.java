package dev.sdlora.tensors.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sdlora.api.error.LoraException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class PathRedactorTest {
  private static final Path FOLDER = Path.of("some/loras").toAbsolutePath();

  @Test
  void in_folderGivenAbsolutely_showsWhatLiesInIt() {
    PathRedactor shown = new PathRedactor(List.of(FOLDER));

    assertThat(shown.redact("LoRA '" + FOLDER.resolve("styles/ink.pt") + "' is torn"))
        .isEqualTo("LoRA '" + Path.of("styles/ink.pt") + "' is torn");
    assertThat(shown.redact("not in " + FOLDER)).isEqualTo("not in loras");
  }

  @Test
  void in_folderGivenRelatively_showsItAsGiven() {
    PathRedactor shown = new PathRedactor(List.of(Path.of("some/loras")));
    String given = "'" + Path.of("some/loras/ink.pt") + "'";

    assertThat(shown.redact(given)).isEqualTo(given);
    assertThat(shown.redact("'" + FOLDER.resolve("ink.pt") + "'")).isEqualTo(given);
  }

  @Test
  void in_failingWork_keepsWhatTheErrorTells() {
    PathRedactor shown = new PathRedactor(List.of(FOLDER, FOLDER.resolve("deep")));
    LoraException error =
        new LoraException(
            "'" + FOLDER.resolve("deep/ink.pt") + "' is torn",
            LoraException.Reason.DAMAGED,
            "ink",
            List.of("inks"));

    Throwable thrown =
        catchThrowable(
            () ->
                shown.redact(
                    () -> {
                      throw error;
                    }));

    assertThat(thrown).isInstanceOf(LoraException.class).hasMessage("'ink.pt' is torn");
    assertThat(((LoraException) thrown).reason()).isEqualTo(LoraException.Reason.DAMAGED);
    assertThat(((LoraException) thrown).name()).contains("ink");
    assertThat(((LoraException) thrown).nearestNames()).containsExactly("inks");
  }
}
