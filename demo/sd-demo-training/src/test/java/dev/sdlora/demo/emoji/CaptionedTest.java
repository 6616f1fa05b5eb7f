package dev.sdlora.demo.emoji;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.demo.Shape;
import dev.sdlora.demo.emoji.DrawnCaptions.Caption;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Scenes of drawings and of shapes as one row. */
final class CaptionedTest {
  private final CaptionedSource source = new CaptionedSource(SmallSet.source(0));
  private final DrawnScenePainter painter = new DrawnScenePainter(SmallSet.drawings());

  @Test
  void of_sameSeed_sameSceneAndPicture() {
    for (long seed = 0; seed < 20; seed++) {
      Captioned scene = source.of(seed);
      assertThat(source.of(seed)).isEqualTo(scene);
      assertThat(SmallSet.pixels(source.of(seed).draw(painter, 64)))
          .isEqualTo(SmallSet.pixels(scene.draw(painter, 64)));
    }
  }

  @Test
  void of_manySeeds_aTenthAreOfShapes() {
    long shapes =
        LongStream.range(0, 2000)
            .filter(seed -> source.of(seed) instanceof Captioned.OfShapes)
            .count();
    assertThat(shapes / 2000.0).isBetween(0.07, 0.13);
  }

  @Test
  void caption_everyScene_hasANounForEachNamed_inItsOrder() {
    for (long seed = 0; seed < 500; seed++) {
      Captioned scene = source.of(seed);
      Caption caption = scene.caption(new SplittableRandom(seed));
      assertThat(caption.nouns()).hasSameSizeAs(scene.named());
      assertThat(caption.text()).contains(caption.nouns());
    }
  }

  @Test
  void caption_ofShapes_theirWords() {
    for (long seed = 0; seed < 500; seed++) {
      if (source.of(seed) instanceof Captioned.OfShapes shapes) {
        List<String> words = shapes.named().stream().map(Shape::word).toList();
        assertThat(shapes.plainCaption(new SplittableRandom(seed)).nouns()).isEqualTo(words);
      }
    }
  }

  @Test
  void plainCaption_everyScene_withoutWordsThatMeanNothing() {
    for (long seed = 0; seed < 500; seed++) {
      assertThat(source.of(seed).plainCaption(new SplittableRandom(seed)).text())
          .doesNotContain("masterpiece", "photo", "cute", "quality", "focus");
    }
  }
}
