package dev.sdlora.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.StableDiffusionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
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

  @Test
  void save_intoAFileOfA1111_keepsItsOtherLinesAndColumns() throws IOException {
    Path csv = folder.resolve("styles.csv");
    String before = "\ufeffnote,negative_prompt,name,text\n\"1, 2\",,Ink,\"ink, {prompt}\"\n";
    Files.writeString(csv, before + "odd,\n\nx,bad,Last,end");

    new Style("Two\nlines", "a \"b\"", "c,d").save(csv);
    new Style("Ink", "pen", "colour").save(csv);

    assertThat(Files.readString(csv))
        .isEqualTo(
            "\ufeffnote,negative_prompt,name,text\n\"1, 2\",colour,Ink,pen\n"
                + "odd,\n\nx,bad,Last,end\n,\"c,d\",\"Two\nlines\",\"a \"\"b\"\"\"\n");
    assertThat(Style.readAll(csv))
        .containsExactly(
            new Style("Ink", "pen", "colour"),
            new Style("Last", "end", "bad"),
            new Style("Two\nlines", "a \"b\"", "c,d"));
  }

  @Test
  void save_intoNoFile_makesOne() throws IOException {
    Path csv = folder.resolve("styles.csv");

    new Style("Ink", "ink", "").save(csv);

    assertThat(Files.readString(csv)).isEqualTo("name,prompt,negative_prompt\r\nInk,ink,\r\n");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(csv);
    }
  }

  @Test
  void save_thatCannotBe_leavesTheFile() throws IOException {
    Style style = new Style("Ink", "ink", "");
    Path csv = folder.resolve("styles.csv");
    String open = "name,prompt,negative_prompt\na,\"b";
    Files.writeString(csv, open);

    assertThatThrownBy(() -> style.save(csv))
        .isInstanceOf(StableDiffusionException.class)
        .hasMessageContaining("cannot be changed: the quotes of its last line are not closed");
    assertThat(csv).hasContent(open);
    assertThatThrownBy(() -> style.save(folder)).hasMessageContaining("not a regular file");
    assertThatThrownBy(() -> style.save(folder.resolve("missing/styles.csv")))
        .hasMessageContaining("no such file or folder");
    assertThatThrownBy(() -> new Style(" ", "ink", "").save(csv))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
