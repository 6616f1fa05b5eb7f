package dev.sdlora.pipeline.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.image.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

final class PngPropertyTest {

  @Property(tries = 300)
  void readParameters_whatSaveWrote_isTheText(@ForAll("texts") String text) throws IOException {
    Path file = temporary();
    try {
      ImageFiles.save(image(text), file);

      assertThat(ImageFiles.readInfotext(file)).isEqualTo(text);
    } finally {
      Files.delete(file);
    }
  }

  @Property(tries = 1000)
  void readParameters_corruptedBytes_isATextOrImageFileException(
      @ForAll("texts") String text, @ForAll("edits") List<Edit> edits) throws IOException {
    byte[] png = png(text);
    for (Edit edit : edits) {
      png[edit.at() % png.length] = edit.value();
    }
    assertReadOrRefused(png);
  }

  @Property(tries = 200)
  void readParameters_cutAnywhere_isATextOrImageFileException(
      @ForAll("texts") String text, @ForAll("positions") int length) throws IOException {
    byte[] png = png(text);
    assertReadOrRefused(Arrays.copyOf(png, length % png.length));
  }

  private static void assertReadOrRefused(byte[] png) throws IOException {
    Path file = temporary();
    try {
      Files.write(file, png);
      assertThat(ImageFiles.readInfotext(file)).isNotNull();
    } catch (ImageFileException e) {
      assertThat(e).hasMessageContaining(file.toString());
    } finally {
      Files.delete(file);
    }
  }

  private static byte[] png(String text) throws IOException {
    Path file = temporary();
    try {
      ImageFiles.save(image(text), file);
      return Files.readAllBytes(file);
    } finally {
      Files.delete(file);
    }
  }

  private static GeneratedImage image(String text) {
    return new GeneratedImage(Image.of(8, 8, new byte[8 * 8 * 3]), 1, text);
  }

  private static Path temporary() throws IOException {
    return Files.createTempFile("image", ".png");
  }

  record Edit(int at, byte value) {}

  @Provide
  Arbitrary<Integer> positions() {
    return Arbitraries.integers().between(0, 200);
  }

  @Provide
  Arbitrary<List<Edit>> edits() {
    return Combinators.combine(positions(), Arbitraries.bytes())
        .as(Edit::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(4);
  }

  /** Generates any text that can be encoded in UTF-8: no unpaired surrogates. */
  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> latin1 = Arbitraries.strings().withCharRange('\0', '\u00ff').ofMaxLength(20);
    Arbitrary<String> bmp = Arbitraries.strings().withCharRange('\0', '\ud7ff').ofMaxLength(10);
    Arbitrary<String> others = Arbitraries.of("\ud83d\udc08", "\ud83c\udff3\ufe0f", "\n", "\r\n");
    return Arbitraries.oneOf(
        latin1, Combinators.combine(latin1, bmp, others).as((a, b, c) -> a + b + c));
  }
}
