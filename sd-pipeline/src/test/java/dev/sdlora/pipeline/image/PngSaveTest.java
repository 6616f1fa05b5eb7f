package dev.sdlora.pipeline.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.image.Image;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PngSaveTest {
  @TempDir Path folder;

  @Test
  void save_pixels_comeBackAsTheyWere() throws IOException {
    GeneratedImage image = image("");
    ImageFiles.save(image, folder.resolve("a.png"));

    BufferedImage read = ImageIO.read(folder.resolve("a.png").toFile());

    assertThat(read.getColorModel().getPixelSize()).isEqualTo(24);
    assertThat(rgb(read)).isEqualTo(image.rgb());
  }

  @Test
  void save_latin1Text_isTextChunkBehindHeader() throws IOException {
    ImageFiles.save(image("Füße\nSteps: 1"), folder.resolve("a.png"));

    String bytes = rawText(folder.resolve("a.png"));
    // The checksums here and below are from Python's zlib.crc32 over type and data.
    assertThat(bytes.substring(33))
        .startsWith("\0\0\0\u0018tEXtparameters\0Füße\nSteps: 1\u00a88'\u00e1");
    assertThat(bytes).doesNotContain("iTXt");
  }

  @Test
  void save_otherText_isUncompressedUtf8Chunk() throws IOException {
    ImageFiles.save(image("猫"), folder.resolve("a.png"));

    String bytes = rawText(folder.resolve("a.png"));
    String utf8 = new String("猫".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    assertThat(bytes.substring(33))
        .startsWith("\0\0\0\u0012iTXtparameters\0\0\0\0\0" + utf8 + "\u00c1=\u00bf\u00da");
  }

  @Test
  void save_existingFile_isReplacedAndNothingElseIsLeft() throws IOException {
    Path target = Files.writeString(folder.resolve("a.PNG"), "earlier");

    ImageFiles.save(image("new"), target);

    assertThat(ImageFiles.readInfotext(target)).isEqualTo("new");
    assertThat(files()).containsExactly(target);
  }

  @Test
  void save_newFile_hasOrdinaryPermissions() throws IOException {
    Path ordinary = Files.writeString(folder.resolve("ordinary"), "");
    ImageFiles.save(image(""), folder.resolve("a.png"));

    for (String view : ordinary.getFileSystem().supportedFileAttributeViews()) {
      if (view.equals("posix")) {
        assertThat(Files.getPosixFilePermissions(folder.resolve("a.png")))
            .isEqualTo(Files.getPosixFilePermissions(ordinary));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.gif", "a", "png", "a.png.webp"})
  void save_otherExtension_isRefused(String name) throws IOException {
    Path target = folder.resolve(name);

    assertThatThrownBy(() -> ImageFiles.save(image(""), target))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("file name must end in .png, .jpg or .jpeg: " + target);
    assertThat(files()).isEmpty();
  }

  @Test
  void save_missingFolder_saysSo() throws IOException {
    Path target = folder.resolve("missing").resolve("a.png");

    assertThatThrownBy(() -> ImageFiles.save(image(""), target))
        .isInstanceOf(ImageFileException.class)
        .hasMessage("image file '" + target + "' could not be written: its folder does not exist");
    assertThat(files()).isEmpty();
  }

  @Test
  void save_targetIsAFolder_keepsIt() throws IOException {
    Path target = Files.createDirectory(folder.resolve("a.png"));

    assertThatThrownBy(() -> ImageFiles.save(image(""), target))
        .isInstanceOf(ImageFileException.class)
        .hasMessage("image file '" + target + "' cannot be written because it is a folder");
    assertThat(files()).containsExactly(target);
  }

  @Test
  void save_nameThatTheFileSystemRefuses_leavesNothing() throws IOException {
    Path target = folder.resolve("a".repeat(300) + ".png");

    assertThatThrownBy(() -> ImageFiles.save(image(""), target))
        .isInstanceOf(ImageFileException.class)
        .hasMessageStartingWith("image file '" + target + "' could not be written: ");
    assertThat(files()).isEmpty();
  }

  @Test
  void notWritten_diskFull_saysSo() {
    IOException cause = new IOException("No space left on device");

    assertThat(ImageErrors.notWritten(Path.of("a.png"), cause))
        .hasMessage(
            "image file 'a.png' could not be written: the disk is full (No space left on device)")
        .hasCause(cause);
  }

  private Path[] files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toArray(Path[]::new);
    }
  }

  private static GeneratedImage image(String parameters) {
    byte[] rgb = new byte[16 * 8 * 3];
    new Random(1).nextBytes(rgb);
    return new GeneratedImage(Image.of(16, 8, rgb), 1, parameters);
  }

  private static byte[] rgb(BufferedImage image) {
    byte[] rgb = new byte[image.getWidth() * image.getHeight() * 3];
    for (int i = 0; i < rgb.length; i += 3) {
      int pixel = image.getRGB(i / 3 % image.getWidth(), i / 3 / image.getWidth());
      rgb[i] = (byte) (pixel >> 16);
      rgb[i + 1] = (byte) (pixel >> 8);
      rgb[i + 2] = (byte) pixel;
    }
    return rgb;
  }

  private static String rawText(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }
}
