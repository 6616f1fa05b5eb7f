package dev.sdlora.pipeline.image;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.PromptSpec;

/** Writes {@link Infotext}. */
final class InfotextWriter {
  private InfotextWriter() {}

  static String write(ImageSettings settings) {
    PromptSpec spec = settings.spec();
    StringBuilder text = new StringBuilder(spec.prompt());
    for (LoraAdapter lora : spec.loras()) {
      text.append(text.isEmpty() ? "" : " ").append(tag(lora));
    }
    if (!spec.negativePrompt().isEmpty()) {
      text.append('\n').append(InfotextReader.NEGATIVE_PROMPT).append(' ');
      text.append(spec.negativePrompt());
    }
<<<<<<< HEAD
    return text.append('\n').append(InfotextKeys.write(settings)).toString().strip();
=======
    return text.append('\n').append(line(settings)).toString().strip();
  }

  private static SettingsLine line(ImageSettings settings) {
    PromptSpec spec = settings.spec();
    SettingsLine line =
        new SettingsLine()
            .add("Steps", Integer.toString(spec.steps()))
            .add("Sampler", spec.sampler().label())
            .add("Schedule type", scheduleLabel(spec))
            .add("CFG scale", number(spec.cfgScale()))
            .add("Seed", Long.toString(settings.seed()))
            .add("Size", settings.size().toString());
    settings.modelHash().ifPresent(hash -> line.add("Model hash", hash));
    line.add("Model", settings.modelName());
    if (spec.clipSkip() > 1) {
      line.add("Clip skip", Integer.toString(spec.clipSkip()));
    }
    line.add("RNG", spec.rng().name());
    if (!settings.loraHashes().isEmpty()) {
      line.add("Lora hashes", hashes(settings.loraHashes()));
    }
    if (!settings.embeddingHashes().isEmpty()) {
      line.add("TI hashes", hashes(settings.embeddingHashes()));
    }
    return line.add("Version", settings.version());
  }

  /** A1111 names the schedule that Automatic stands for only if the sampler has a special one. */
  private static String scheduleLabel(PromptSpec spec) {
    Schedule automatic = spec.sampler().automaticSchedule();
    return spec.schedule() == Schedule.AUTOMATIC && automatic != Schedule.NORMAL
        ? automatic.label()
        : spec.schedule().label();
>>>>>>> main
  }

  private static String tag(LoraAdapter lora) {
    return "<lora:" + lora.name() + ":" + lora.strength().tagArguments() + ">";
  }
}
