package dev.sdlora.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StyleTest {
  @TempDir Path folder;

  @Test
  void readAll_fileOfA1111_hasItsStyles() throws IOException {
    Path csv = folder.resolve("styles.csv");
    Files.writeString(
        csv,
        "\ufeffname,prompt,negative_prompt\r\n"
            + "Ink,\"ink, {prompt}, \"\"bold\"\"\",\r\n"
            + "\"Two\nlines\",\"a\r\nb\",blurry\n"
            + ",no name,\n"
            + "Short");

    assertThat(Style.readAll(csv))
        .containsExactly(
            new Style("Ink", "ink, {prompt}, \"bold\"", ""),
            new Style("Two\nlines", "a\r\nb", "blurry"),
            new Style("Short", "", ""));
  }

  @Test
  void readAll_otherFile_saysWhatIsMissing() throws IOException {
    Path csv = folder.resolve("styles.csv");
    Files.writeString(csv, "name;prompt\nx;y");

    assertThatThrownBy(() -> Style.readAll(csv))
        .isInstanceOf(StableDiffusionException.class)
        .hasMessageContaining("it has no column 'name' but [name;prompt]");
    assertThatThrownBy(() -> Style.readAll(folder.resolve("missing.csv")))
        .isInstanceOf(StableDiffusionException.class);
  }
}
