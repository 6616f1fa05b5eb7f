package dev.sdlora.pipeline;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraReport;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.lora.library.LoraFiles;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Match;
import dev.sdlora.prompt.grammar.ExtraNetwork;
import dev.sdlora.prompt.grammar.ExtraNetworks;
import dev.sdlora.prompt.grammar.LoraTag;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The LoRAs that a request asks for: those that its prompts name, then those given by object.
 *
 * @param uses each with its strengths
 * @param plan what they change together
 * @param matches how the modules of each fit the checkpoint
 * @param warnings what was passed over
 */
record LoraSelection(
    List<LoraUse> uses, PatchPlan plan, List<Match> matches, List<String> warnings) {

  /**
   * Finds and plans the LoRAs of a request.
   *
   * @throws dev.sdlora.api.PromptSyntaxException if a tag makes no sense
   * @throws dev.sdlora.api.LoraException if a LoRA is unknown or does not fit
   */
  static LoraSelection of(
      PromptSpec spec, ExtraNetworks prompt, ExtraNetworks negative, Model model) {
    List<LoraUse> uses = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    for (ExtraNetworks networks : List.of(prompt, negative)) {
      for (ExtraNetwork network : networks.networks()) {
        Optional<LoraTag> tag = LoraTag.of(network);
        if (tag.isPresent()) {
          uses.add(use(tag.get(), model));
        } else {
          warnings.add(
              "the tag "
                  + network.tag()
                  + " is of a kind that this version does not know; it was"
                  + " taken out of the prompt and has no effect");
        }
      }
    }
    for (LoraAdapter lora : spec.loras()) {
      uses.add(
          new LoraUse(
              lora.name(),
              model.loraFiles().open(lora.path()),
              lora.textEncoderStrength(),
              lora.unetStrength()));
    }
    List<Match> matches = new ArrayList<>();
    PatchPlan plan =
        PatchPlan.of(
            model.modules(), model.checkpoint().name(), model.checkpoint().family(), uses, matches);
    return new LoraSelection(List.copyOf(uses), plan, List.copyOf(matches), List.copyOf(warnings));
  }

  private static LoraUse use(LoraTag tag, Model model) {
    LoraAdapter found = model.library().find(tag.name());
    return new LoraUse(
        tag.name(),
        model.loraFiles().open(found.path()),
        tag.textEncoderStrength(),
        tag.unetStrength());
  }

  /** A1111's short hash of each file, by the name that the request uses. */
  Map<String, String> hashes(LoraFiles files) {
    Map<String, String> hashes = new LinkedHashMap<>();
    for (LoraUse use : uses) {
      hashes.put(use.name(), files.hash(use.file().file().path()));
    }
    return hashes;
  }

  /** What became of each LoRA. */
  List<LoraReport> reports(LoraFiles files) {
    List<LoraReport> reports = new ArrayList<>();
    for (int i = 0; i < uses.size(); i++) {
      LoraUse use = uses.get(i);
      reports.add(
          new LoraReport(
              use.name(),
              use.file().file().path(),
              files.hash(use.file().file().path()),
              use.textEncoderStrength(),
              use.unetStrength(),
              matches.get(i).matched(),
              matches.get(i).unmatched()));
    }
    return reports;
  }
}
