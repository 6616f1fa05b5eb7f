package dev.sdlora.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.training.data.Buckets;
import dev.sdlora.training.option.BucketOptions;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that cannot be trained on, listed before the first step. */
class ImageChecksTest {
  private static final ImageSize SIZE = new ImageSize(256, 256);
  private static final Buckets PLAIN = new Buckets(SIZE, Optional.empty());

  @TempDir private Path folder;

  private Path image(String name, int width, int height) throws IOException {
    Path file = folder.resolve(name);
    ImageIO.write(
        new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
    return file;
  }

  @Test
  void whole_damagedTinyAndMissing_areListedTogether() throws IOException {
    Path good = image("good.png", 64, 64);
    Path cut = image("cut.png", 500, 500);
    byte[] bytes = Files.readAllBytes(cut);
    Files.write(cut, Arrays.copyOf(bytes, bytes.length * 2 / 3));
    Path grey = folder.resolve("grey.jpg");
    ImageIO.write(Fixtures.disc(Color.RED), "jpg", grey.toFile());
    byte[] jpeg = Files.readAllBytes(grey);
    Files.write(grey, Arrays.copyOf(jpeg, jpeg.length - 9));
    Path tiny = image("tiny.png", 200, 63);
    Path text = Files.writeString(folder.resolve("text.png"), "this is text");
    List<TrainingExample> examples = new ArrayList<>();
    for (Path file : List.of(good, cut, grey, tiny, text, folder.resolve("gone.png"))) {
      examples.add(TrainingExample.of(file, ""));
    }

    assertThatThrownBy(() -> ImageChecks.whole(examples, PLAIN, false, () -> false))
        .isInstanceOf(TrainingException.class)
        .hasMessageStartingWith(
            "5 of 6 images cannot be trained on: image '%s' cannot be read: ", cut)
        .hasMessageContaining("; image '%s' cannot be read: its end is missing; ", grey)
        .hasMessageContaining(
            "; image '%s' has 200x63 pixels, expected at least 64 on each side; ", tiny)
        .hasMessageContaining(
            "; image '%s' cannot be read: its format is unknown, expected PNG or JPEG; ", text)
        .hasMessageEndingWith(
            "; image '%s' is missing; it was probably moved or deleted after the training was set"
                + " up",
            folder.resolve("gone.png"));
    assertThat(ImageChecks.headers(List.of(examples.get(0), examples.get(1)), PLAIN).get(1).size())
        .isEqualTo(SIZE);
  }

  @Test
  void whole_smallerThanTheSmallestBucket_isListed() {
    Buckets buckets = new Buckets(SIZE, Optional.of(new BucketOptions(128, 512, 64, true)));
    List<TrainingExample> discs = Fixtures.discs().examples();

    assertThatThrownBy(() -> ImageChecks.whole(discs, buckets, false, () -> false))
        .hasMessageStartingWith(
            "3 of 3 images cannot be trained on: image 'image 'a red disc, flat'' has 64x64"
                + " pixels, expected at least 128 on the longer side and at least 64 on each side;")
        .isInstanceOf(TrainingException.class);
  }

  @Test
  void whole_manyProblems_areCounted() {
    List<TrainingExample> examples = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      examples.add(TrainingExample.of(folder.resolve(i + ".png"), ""));
    }

    assertThatThrownBy(() -> ImageChecks.whole(examples, PLAIN, false, () -> false))
        .hasMessageContaining("9.png")
        .hasMessageEndingWith("; 15 more");
  }

  @Test
  void whole_maskOfAnotherAspectRatio_isListedIfMasksAreUsed() throws IOException {
    TrainingExample example =
        TrainingExample.of(Fixtures.disc(Color.RED), "a").withMask(image("m.png", 32, 64));

    assertThat(ImageChecks.whole(List.of(example), PLAIN, false, () -> false)).hasSize(1);
    assertThatThrownBy(() -> ImageChecks.whole(List.of(example), PLAIN, true, () -> false))
        .hasMessageEndingWith(
            "the mask of image 'image 'a'' has 32x64 pixels, expected the aspect ratio of the"
                + " image, which has 64x64");
  }

  /** A folder that shrinks between the start and the first step. */
  @Test
  void train_imageDeletedAfterTheStart_isOneSentence() throws IOException {
    Path file = image("a.png", 64, 64);
    LoraTrainer trainer =
        Fixtures.trainer(folder.resolve("out.safetensors"))
            .trainingSet(TrainingSet.of(List.of(TrainingExample.of(file, "a red disc"))))
            .build();
    Files.delete(file);

    assertThatThrownBy(trainer::train)
        .isInstanceOf(TrainingException.class)
        .hasMessage(
            "1 of 1 images cannot be trained on: image '%s' is missing; it was probably moved or"
                + " deleted after the training was set up",
            file);
    assertThat(folder).isEmptyDirectory();
  }
}
