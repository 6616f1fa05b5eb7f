package dev.sdlora.demo.emoji.stage;

import dev.sdlora.demo.emoji.CaptionedSource;
import dev.sdlora.demo.emoji.Drawings;
import dev.sdlora.demo.emoji.DrawnSceneSource;
import dev.sdlora.demo.emoji.Nouns;
import dev.sdlora.demo.emoji.Style;
import dev.sdlora.demo.emoji.Vocabulary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * The data that all stages share: the nouns, their drawings in the base style, scenes of them, and
 * the tokens of captions.
 */
record Data(Nouns nouns, Drawings drawings, CaptionedSource scenes, Vocabulary vocabulary) {
  /** Reads the packages, downloading them into the cache on first use. */
  static Data read(Path cache) throws IOException {
    Nouns nouns = Nouns.read(cache);
    Drawings drawings = Drawings.read(cache, Style.FLAT);
    CaptionedSource scenes =
        new CaptionedSource(DrawnSceneSource.of(nouns, drawings, new SplittableRandom(0)));
    return new Data(nouns, drawings, scenes, new Vocabulary(nouns, scenes));
  }
}
