package dev.sdlora.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingSetTest {
  @TempDir private Path folder;

  private Path image(String name, String caption) throws IOException {
    Path file = folder.resolve(name + ".png");
    ImageIO.write(Fixtures.disc(Color.RED), "png", file.toFile());
    Files.writeString(folder.resolve(name + ".txt"), caption);
    return file;
  }

  @Test
  void ofFolder_picturesWithCaptions_readsThemInOrder() throws IOException {
    image("b", "  second\n picture \n");
    image("a", "first");
    image(".hidden", "no");
    Files.createDirectory(folder.resolve("inside"));
    Files.writeString(folder.resolve("notes.md"), "not a picture");
    ImageIO.write(Fixtures.disc(Color.BLUE), "jpg", folder.resolve("c.JPEG").toFile());
    Files.writeString(folder.resolve("c.txt"), "");

    TrainingSet set = TrainingSet.ofFolder(folder);

    assertThat(set.name()).isEqualTo(String.valueOf(folder.getFileName()));
    assertThat(set.examples())
        .extracting(TrainingExample::caption)
        .containsExactly("first", "second picture", "");
    assertThat(set.examples()).extracting(TrainingExample::strength).containsOnly(1.0);
    assertThat(set.examples())
        .allSatisfy(example -> assertThat(example.image().get().getWidth()).isEqualTo(64));
  }

  @Test
  void ofFolder_captionWithByteOrderMark_leavesItOut() throws IOException {
    image("a", "\uFEFFa cat");

    assertThat(TrainingSet.ofFolder(folder).examples().get(0).caption()).isEqualTo("a cat");
  }

  @Test
  void ofFolder_missingCaption_namesPictureAndFile() throws IOException {
    Path file = image("a", "x");
    Files.delete(folder.resolve("a.txt"));

    assertThatThrownBy(() -> TrainingSet.ofFolder(folder))
        .isInstanceOf(TrainingException.class)
        .hasMessage(
            "image '%s' has no caption, expected its text in '%s'; use an empty file for no"
                + " caption",
            file, folder.resolve("a.txt"));
  }

  @Test
  void ofFolder_missingCaptionWithAReplacement_hasThat() throws IOException {
    image("a", "x");
    Files.delete(folder.resolve("a.txt"));
    image("b", "a cat");

    assertThat(TrainingSet.ofFolder(folder, "mycat").examples())
        .extracting(TrainingExample::caption)
        .containsExactly("mycat", "a cat");
  }

  @Test
  void ofFolder_captionInAnotherEncoding_saysSo() throws IOException {
    image("a", "x");
    Files.write(folder.resolve("a.txt"), new byte[] {'d', (byte) 0xe9, 'j'});

    assertThatThrownBy(() -> TrainingSet.ofFolder(folder))
        .isInstanceOf(TrainingException.class)
        .hasMessage("caption '%s' cannot be read: it is not UTF-8 text", folder.resolve("a.txt"));
  }

  @Test
  void ofFolder_captionOf100MB_isRefusedBeforeItIsRead() throws IOException {
    image("a", "x");
    try (RandomAccessFile file = new RandomAccessFile(folder.resolve("a.txt").toFile(), "rw")) {
      file.setLength(100_000_000);
    }

    assertThatThrownBy(() -> TrainingSet.ofFolder(folder))
        .isInstanceOf(TrainingException.class)
        .hasMessage(
            "caption '%s' has 100000000 bytes, expected at most 400000; it is probably another file",
            folder.resolve("a.txt"));
  }

  @Test
  void ofFolder_captionOfBlanksAndLines_isJoined() throws IOException {
    image("a", "  a red \t\n\n \r\n cat" + " ".repeat(200_000) + "sits\n");

    assertThat(TrainingSet.ofFolder(folder).examples())
        .extracting(TrainingExample::caption)
        .containsExactly("a red cat" + " ".repeat(200_000) + "sits");
  }

  @Test
  void ofFolder_empty_saysWhatItExpects() {
    assertThatThrownBy(() -> TrainingSet.ofFolder(folder))
        .isInstanceOf(TrainingException.class)
        .hasMessage(
            "folder '%s' contains no images, expected files that end in .png, .jpg or .jpeg",
            folder);
  }

  @Test
  void ofFolder_noFolder_saysWhatItIs() throws IOException {
    Path file = image("a", "x");

    assertThatThrownBy(() -> TrainingSet.ofFolder(file))
        .isInstanceOf(TrainingException.class)
        .hasMessage("'%s' is a file, expected a folder with images", file);
    assertThatThrownBy(() -> TrainingSet.ofFolder(folder.resolve("gone")))
        .isInstanceOf(TrainingException.class)
        .hasMessage("'%s' is missing, expected a folder with images", folder.resolve("gone"));
  }

  @Test
  void of_nothing_isRefused() {
    assertThatThrownBy(() -> TrainingSet.of(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("examples must not be empty");
  }

  @Test
  void picture_ofAnotherFormat_namesTheFile() throws IOException {
    Path file = Files.writeString(folder.resolve("a.png"), "this is text");

    assertThatThrownBy(() -> TrainingExample.of(file, "x").image().get())
        .isInstanceOf(TrainingException.class)
        .hasMessage("image '%s' cannot be read: its format is unknown, expected PNG or JPEG", file);
  }

  @Test
  void picture_cutOff_namesTheFile() throws IOException {
    Path file = image("a", "x");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));

    assertThatThrownBy(() -> TrainingExample.of(file, "x").image().get())
        .isInstanceOf(TrainingException.class)
        .hasMessageStartingWith("image '%s' cannot be read: ", file)
        .hasMessageEndingWith("; the file is probably damaged, or its colours are not RGB");
  }

  @Test
  void train_pictureThatIsNone_namesTheFile() throws IOException {
    Path file = image("a", "x");
    Files.writeString(file, "this is text");
    LoraTrainer trainer =
        Fixtures.trainer(folder.resolve("out.safetensors")).images(folder).build();

    assertThatThrownBy(trainer::train)
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining(file.toString());
    assertThat(folder.resolve("out.safetensors")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, Double.NaN, Double.POSITIVE_INFINITY})
  void withStrength_unusable_isRefused(double strength) {
    assertThatThrownBy(() -> Fixtures.discs().withStrength(strength))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("strength must be finite and not 0: " + strength);
  }

  @ParameterizedTest
  @CsvSource({
    "'a cat', 'zorg, a cat'",
    "'', zorg",
    "'the Zorg sits', 'the Zorg sits'",
    "'a zorgling', 'zorg, a zorgling'",
  })
  void withTrigger_captionThatLacksIt_getsItInFront(String caption, String expected) {
    TrainingSet set =
        TrainingSet.of(List.of(TrainingExample.of(Fixtures.disc(Color.RED), caption)));

    assertThat(set.withTrigger("zorg").examples())
        .extracting(TrainingExample::caption)
        .containsExactly(expected);
  }
}
