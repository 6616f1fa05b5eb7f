package dev.sdlora.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders in kohya's layout, captions in two kinds of files, and masks. */
class TrainingFolderTest {
  @TempDir private Path folder;

  private Path image(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    ImageIO.write(Fixtures.disc(Color.RED), "png", file.toFile());
    return file;
  }

  private void text(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  @Test
  void ofFolder_kohyasFolders_areConceptsWithRepeats() throws IOException {
    image("10_mycat cat/a.png");
    image("10_mycat cat/b.png");
    image("2_my_dog/a.png");
    image("0_off/a.png");
    image("other/a.png");
    text("10_mycat cat/b.txt", "a cat on a mat");
    text("2_my_dog/a.caption", "a dog");

    TrainingSet set = TrainingSet.ofFolder(folder);

    assertThat(set.examples())
        .extracting(TrainingExample::caption)
        .containsExactly("mycat cat", "a cat on a mat", "a dog");
    assertThat(set.examples()).extracting(TrainingExample::repeats).containsExactly(10, 10, 2);
    assertThat(set.imagesInEpoch()).isEqualTo(22);
    assertThat(set.concepts())
        .containsExactly(
            new TrainingSet.Concept("10_mycat cat", 10, 2),
            new TrainingSet.Concept("2_my_dog", 2, 1));
    assertThat(set.withStrength(-1).withTrigger("x").examples())
        .extracting(TrainingExample::repeats)
        .containsExactly(10, 10, 2);
  }

  @Test
  void ofFolder_kohyasFolderWithoutWords_needsCaptions() throws IOException {
    Path image = image("3_/a.png");

    assertThatThrownBy(() -> TrainingSet.ofFolder(folder))
        .isInstanceOf(TrainingException.class)
        .hasMessageStartingWith("image '%s' has no caption, expected its text in '", image);
    assertThat(TrainingSet.ofFolder(folder, "x").examples().get(0).caption()).isEqualTo("x");
  }

  @Test
  void ofFolder_imagesBesideKohyasFolders_isRefused() throws IOException {
    image("a.png");
    image("10_cat/b.png");

    assertThatThrownBy(() -> TrainingSet.ofFolder(folder))
        .isInstanceOf(TrainingException.class)
        .hasMessage(
            "folder '%s' contains images such as 'a.png' and also folders of images such as"
                + " '10_cat'; move the images into a folder '<repeats>_<words>'",
            folder);
  }

  @Test
  void ofFolder_twoConceptsOfTheSameWords_isRefused() throws IOException {
    image("10_mycat cat/a.png");
    image("5_MyCat cat/a.png");

    assertThatThrownBy(() -> TrainingSet.ofFolder(folder))
        .isInstanceOf(TrainingException.class)
        .hasMessage(
            "folders '%s' and '%s' have the same words 'MyCat cat', so the model could not tell"
                + " the two concepts apart; give each its own words, or move their images into"
                + " one folder",
            folder.resolve("10_mycat cat"), folder.resolve("5_MyCat cat"));
  }

  @Test
  void build_triggerOfSeveralConcepts_isRefused() throws IOException {
    image("10_cat/a.png");
    image("5_dog/a.png");
    LoraTrainerBuilder builder =
        Fixtures.trainer(folder.resolve("x.safetensors"))
            .trainingSet(TrainingSet.ofFolder(folder))
            .triggerWord("zorg");

    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "triggerWord must not be set for several concepts, whose words tell them apart:"
                + " 'zorg'");
  }

  @Test
  void ofFolder_emptyConcept_isRefused() throws IOException {
    image("10_cat/a.png");
    Files.createDirectory(folder.resolve("3_dog"));

    assertThatThrownBy(() -> TrainingSet.ofFolder(folder))
        .isInstanceOf(TrainingException.class)
        .hasMessageStartingWith("folder '%s' contains no images", folder.resolve("3_dog"));
  }

  @Test
  void ofFolder_captionsThatDiffer_areRefused() throws IOException {
    image("a.png");
    text("a.txt", "a cat");
    text("a.caption", "a cat\n");
    assertThat(TrainingSet.ofFolder(folder).examples().get(0).caption()).isEqualTo("a cat");
    text("a.caption", "a dog");

    assertThatThrownBy(() -> TrainingSet.ofFolder(folder))
        .isInstanceOf(TrainingException.class)
        .hasMessage(
            "captions '%s' and '%s' differ, expected one of them",
            folder.resolve("a.txt"), folder.resolve("a.caption"));
  }

  @Test
  void ofFolder_captionsAndMasksWithoutImage_areListed() throws IOException {
    image("a.png");
    text("a.txt", "a cat");
    image("b-masklabel.png");
    for (int i = 10; i < 21; i++) {
      text("c" + i + ".caption", "a dog");
    }

    assertThatThrownBy(() -> TrainingSet.ofFolder(folder))
        .isInstanceOf(TrainingException.class)
        .hasMessage(
            "folder '%s' contains captions or masks without an image: 'b-masklabel.png',"
                + " 'c10.caption', 'c11.caption', 'c12.caption', 'c13.caption', 'c14.caption',"
                + " 'c15.caption', 'c16.caption', 'c17.caption', 'c18.caption', 2 more; expected"
                + " images of the same names that end in .png, .jpg or .jpeg",
            folder);
  }

  @Test
  void ofFolder_masks_belongToTheirImages() throws IOException {
    for (String name : List.of("a", "b", "c")) {
      image(name + ".png");
    }
    Path first = image("a-masklabel.png");
    Path second = image("b.mask.png");

    assertThat(TrainingSet.ofFolder(folder, "x").examples())
        .extracting(example -> example.mask().map(mask -> ((ImageFile) mask).file()).orElse(folder))
        .containsExactly(first, second, folder);
  }

  @Test
  void plus_setWithoutConcepts_isOneMore() throws IOException {
    image("10_cat/a.png");
    TrainingSet set = TrainingSet.ofFolder(folder).plus(Fixtures.discs());

    assertThat(set.concepts())
        .containsExactly(
            new TrainingSet.Concept("10_cat", 10, 1), new TrainingSet.Concept("pictures", 1, 3));
    assertThat(Fixtures.discs().plus(Fixtures.discs()).concepts()).isEmpty();
  }
}
