package dev.sdlora.pipeline.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.sdlora.api.Embedding;
import dev.sdlora.api.error.EmbeddingException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of a folder with images that would be expensive to decode, next to a valid one. */
class PoisonedImagesTest {
  private static final Duration FAR_TOO_LONG = Duration.ofMinutes(10);

  @TempDir private Path folder;

  private void assertOnlyGoodIsFound(List<Path> unreadable) throws IOException {
    TestImages.withText(folder.resolve("good.png"), TestImages.json("good", 1, 8));
    FolderEmbeddings library =
        FolderEmbeddings.open(new EmbeddingFiles(), List.of(folder), List.of());
    assertTimeoutPreemptively(
        FAR_TOO_LONG,
        () -> {
          assertThat(library.list()).extracting(Embedding::name).containsExactly("good");
          assertThat(library.unreadable().keySet()).containsExactlyElementsOf(unreadable);
          assertThat(library.find("good").vectors()).isEqualTo(1);
        });
  }

  /** Compressed, they have only a few KB. */
  @Test
  void list_largePictures_areNoEmbeddings() throws IOException {
    for (int type : new int[] {BufferedImage.TYPE_BYTE_BINARY, BufferedImage.TYPE_BYTE_GRAY}) {
      BufferedImage black = new BufferedImage(5000, 5000, type);
      ImageIO.write(black, "png", folder.resolve("black" + type + ".png").toFile());
    }
    BufferedImage grey = new BufferedImage(2000, 1000, BufferedImage.TYPE_USHORT_GRAY);
    ImageIO.write(grey, "png", folder.resolve("grey.png").toFile());
    assertOnlyGoodIsFound(List.of());
  }

  /** 35 bytes that declare 400 million pixels. */
  @Test
  void list_gifThatPromisesTooMuch_isNoEmbedding() throws IOException {
    int side = 20_000;
    byte low = (byte) side;
    byte high = (byte) (side >> 8);
    byte[] gif = {
      'G',
      'I',
      'F',
      '8',
      '9',
      'a',
      low,
      high,
      low,
      high,
      (byte) 0x80,
      0,
      0,
      0,
      0,
      0,
      -1,
      -1,
      -1,
      ',',
      0,
      0,
      0,
      0,
      low,
      high,
      low,
      high,
      0,
      2,
      2,
      'D',
      1,
      0,
      ';'
    };
    Files.write(folder.resolve("huge.webp"), gif);
    assertOnlyGoodIsFound(List.of());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "[]", "0"})
  void list_textOfMillionsOfValues_isNamed(String value) throws IOException {
    Path bad = folder.resolve("bad.png");
    String values = (value + ",").repeat(1_500_000) + value;
    TestImages.withText(bad, "{\"string_to_param\":{\"*\":{\"TORCHTENSOR\":[" + values + "]}}}");
    assertOnlyGoodIsFound(List.of(bad));
  }

  @Test
  void list_textNestedWithoutEnd_isNamed() throws IOException {
    Path bad = folder.resolve("bad.png");
    TestImages.withText(bad, "[".repeat(5_000_000));
    assertOnlyGoodIsFound(List.of(bad));
  }

  @Test
  void open_folderOrDevice_isRefused() throws IOException {
    Path inner = Files.createDirectory(folder.resolve("folder.png"));
    assertThatThrownBy(() -> EmbeddingFile.open(inner))
        .isInstanceOf(EmbeddingException.class)
        .hasMessageContaining("not a regular file");
  }
}
