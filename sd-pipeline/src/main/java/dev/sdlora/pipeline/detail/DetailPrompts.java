package dev.sdlora.pipeline.detail;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.prompt.grammar.DetailTexts;
import dev.sdlora.prompt.grammar.Limit;
import java.util.ArrayList;
import java.util.List;

/** The prompts of a detail pass for its finds, in their order; the last serves all further ones. */
public record DetailPrompts(List<OfFind> finds) {
  /**
   * The prompts of a find.
   *
   * @param isSkipped whether the find is left as it is
   */
  public record OfFind(String prompt, String negativePrompt, boolean isSkipped) {}

  /** Copies the list. */
  public DetailPrompts {
    finds = List.copyOf(finds);
  }

  /**
   * Reads the prompts of a pass.
   *
   * @param spec the request of the image, with its styles merged
   * @throws dev.sdlora.api.error.PromptSyntaxException if the prompts are longer in total than a
   *     prompt may be
   */
  public static DetailPrompts of(DetailPass pass, PromptSpec spec) {
    List<String> prompts = DetailTexts.split(pass.prompt());
    List<String> negatives = DetailTexts.split(pass.negativePrompt());
    int count = Math.max(prompts.size(), negatives.size());
    long length = 0;
    for (int i = 0; i < count; i++) {
      length += DetailTexts.length(at(prompts, i), spec.prompt());
      length += DetailTexts.length(at(negatives, i), spec.negativePrompt());
      int most = spec.promptOptions().limits().characters();
      // A single text may be as long as that of the request; its reader checks it.
      if (count > 1) {
        Limit.check(
            length, most, "the prompts of a detail pass together have", Limit.Unit.CHARACTERS);
      }
    }
    List<OfFind> finds = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      finds.add(
          new OfFind(
              DetailTexts.expanded(at(prompts, i), spec.prompt()),
              DetailTexts.expanded(at(negatives, i), spec.negativePrompt()),
              DetailTexts.isSkipped(at(prompts, i))));
    }
    return new DetailPrompts(finds);
  }

  private static String at(List<String> texts, int find) {
    return texts.get(Math.min(find, texts.size() - 1));
  }
}
