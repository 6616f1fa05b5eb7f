package dev.sdlora.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.StableDiffusionException;
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

  @Test
  void readAll_fileThatIsTooLongOrNone_isRefused() throws IOException {
    Path long16 = folder.resolve("long.csv");
    Files.writeString(long16, "name,prompt,negative_prompt\n" + ",".repeat(17 << 20));
    assertThatThrownBy(() -> Style.readAll(long16))
        .hasMessageContaining("more than 16777216 bytes");
    Path many = folder.resolve("many.csv");
    Files.writeString(many, "name,prompt,negative_prompt\n" + "a\n".repeat(100_001));
    assertThatThrownBy(() -> Style.readAll(many)).hasMessageContaining("more than 100000 styles");
    assertThatThrownBy(() -> Style.readAll(folder)).hasMessageContaining("not a regular file");
  }
}
