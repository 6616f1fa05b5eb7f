package dev.sdlora.pipeline.request;

import dev.sdlora.api.DynamicPrompts;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.pipeline.wildcard.WildcardFolders;
import dev.sdlora.prompt.dynamic.DynamicTemplates;
import dev.sdlora.prompt.grammar.DetailTexts;
import dev.sdlora.prompt.grammar.Styles;
import dev.sdlora.sampler.noise.ImageSeeds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Consecutive images of a request with the same prompts.
 *
 * @param spec the request of these images, with the generated prompts
 * @param firstImage the index of the first of them in the whole request, from 0
 * @param templates the templates of the prompts, by infotext key; empty if they are not dynamic
 */
record ResolvedPrompts(PromptSpec spec, int firstImage, Map<String, String> templates) {

  /**
   * Generates the prompts of all images of a request.
   *
   * @param seeds the seeds of the first image
   * @throws dev.sdlora.api.error.PromptSyntaxException if a template is invalid
   */
  static List<ResolvedPrompts> of(PromptSpec spec, ImageSeeds seeds) {
    Optional<DynamicPrompts> dynamic = spec.promptOptions().dynamicPrompts();
    if (dynamic.isEmpty()) {
      return List.of(new ResolvedPrompts(spec, 0, Map.of()));
    }
    DynamicTemplates templates =
        new DynamicTemplates(new WildcardFolders(dynamic.get()), spec.promptOptions().limits());
    PromptSpec styled = Styles.merged(spec);
    List<ResolvedPrompts> all = new ArrayList<>();
    PromptSpec before = null;
    int from = 0;
    for (int image = 0; image < spec.images(); image++) {
      PromptSpec drawn = draw(styled, templates, seeds.image(image).seed());
      if (before != null && !drawn.equals(before)) {
        all.add(part(before, from, image, styled));
        from = image;
      }
      before = drawn;
    }
    if (before != null) {
      all.add(part(before, from, spec.images(), styled));
    }
    return all;
  }

  private static PromptSpec draw(PromptSpec styled, DynamicTemplates templates, long seed) {
    PromptOptions options = styled.promptOptions().withoutDynamicPrompts();
    PromptSpec.Builder drawn =
        styled.toBuilder()
            .promptOptions(options)
            .prompt(templates.draw(styled.prompt(), seed, false))
            .negativePrompt(templates.draw(styled.negativePrompt(), seed, true));
    styled
        .hiresFix()
        .map(
            hires -> {
              HiresFix.Builder second = hires.toBuilder();
              hires.prompt().ifPresent(text -> second.prompt(templates.draw(text, seed, false)));
              hires
                  .negativePrompt()
                  .ifPresent(text -> second.negativePrompt(templates.draw(text, seed, true)));
              return second.build();
            })
        .ifPresent(drawn::hiresFix);
    drawn.noDetailPasses();
    for (DetailPass pass : styled.detailPasses()) {
      drawn.detailPass(
          DetailTexts.changed(
              pass,
              DetailTexts::isPrompt,
              text -> templates.draw(text, seed, false),
              text -> templates.draw(text, seed, true)));
    }
    return drawn.build();
  }

  private static ResolvedPrompts part(PromptSpec drawn, int from, int to, PromptSpec styled) {
    Map<String, String> templates = new LinkedHashMap<>();
    if (!drawn.prompt().equals(styled.prompt())) {
      templates.put("Template", styled.prompt());
    }
    if (!drawn.negativePrompt().equals(styled.negativePrompt())) {
      templates.put("Negative Template", styled.negativePrompt());
    }
    return new ResolvedPrompts(drawn.toBuilder().images(to - from).build(), from, templates);
  }
}
