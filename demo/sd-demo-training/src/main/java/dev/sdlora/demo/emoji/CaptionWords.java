package dev.sdlora.demo.emoji;

import dev.sdlora.demo.Shape;
import dev.sdlora.demo.emoji.DrawnCaptions.Caption;
import dev.sdlora.prompt.taught.PromptWords;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The words of captions, for the metadata that lists the words that the model was trained on. */
public final class CaptionWords {
  private static final int CAPTIONS = 20_000;

  private CaptionWords() {}

  /** Returns all nouns with their synonyms, and the other words of captions, sorted. */
  public static List<String> of(Nouns nouns, CaptionedSource scenes) {
    TreeSet<String> words = new TreeSet<>();
    for (Noun noun : nouns.all()) {
      words.add(noun.word());
      words.addAll(noun.synonyms());
    }
    Shape.base().forEach(shape -> words.add(shape.word()));
    for (int i = 0; i < CAPTIONS; i++) {
      words.addAll(around(scenes.of(i).plainCaption(new SplittableRandom(i))));
    }
    return List.copyOf(words);
  }

  private static List<String> around(Caption caption) {
    String text = caption.text();
    List<String> words = new ArrayList<>();
    for (String noun : caption.nouns()) {
      text = text.replaceAll("\\b" + Pattern.quote(noun) + "\\b", ",");
    }
    PromptWords.in(text).forEach(words::add);
    return words;
  }
}
