package dev.sdlora.server.http;

import dev.sdlora.api.setting.Door;
import dev.sdlora.api.setting.SettingWords;
import dev.sdlora.api.value.Wording;

/**
 * Translates the words of the library to those of HTTP clients, which know the fields of requests
 * and not the settings and methods of Java. Options of {@code sd serve} remain, for the operator of
 * the server.
 */
final class FieldWords {
  /** The rules for clients, the longest first, then the names of the rows of settings. */
  static final Wording WORDS =
      SettingWords.add(
          Wording.PROGRAMS
              .phrase("addTriggerWords\\(true\\) or --trigger-words", "'add_trigger_words'")
              .phrase(
                  "fewSteps\\(FewSteps\\.\\w+, \\w+\\) or --few-steps (\\S+) sets suitable values",
                  "'few_steps': '$1' sets suitable values")
              .phrase("referenceImage \\(--reference\\)", "'reference_images'")
              .phrase("open it with LoraAdapter\\.open", "in 'lora'")
              .phrase(
                  "open (it|the folder) with Checkpoint\\.open",
                  "give $1 to the server with --checkpoint")
              .phrase("masks must be given with the request", "give masks in 'masks'")
              .setting("commaBacktrack", "comma_padding_backtrack")
              .setting("controlUnits are given", "controlnet has units")
              .setting("detailPasses are given", "detail passes are given")
              .setting("everySteps of samples", "sample_every")
              .setting("imagePrompts are given", "image prompts are given")
              .setting("predictionType", "the server's --prediction-type")
              .setting("priorPreservation", "class_prompt")
              .setting("referenceImages are given", "reference_images are given")
              .setting("variationStrength", "subseed_strength")
              .setting("zeroTerminalSnr is set", "sd_noise_schedule is Zero Terminal SNR"),
          Door.JSON);

  private FieldWords() {}

  /** Returns a sentence of the library in the words of HTTP clients. */
  static String in(String sentence) {
    return WORDS.in(sentence);
  }
}
