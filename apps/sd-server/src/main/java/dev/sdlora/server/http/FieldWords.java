package dev.sdlora.server.http;

import dev.sdlora.api.value.Wording;

/**
 * Translates the words of the library to those of HTTP clients, which know the fields of requests
 * and not the settings and methods of Java. Options of {@code sd serve} remain, for the operator of
 * the server.
 */
final class FieldWords {
  /** The rules for clients, the longest first. */
  static final Wording WORDS =
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
          .setting("cacheBranchId", "cache_branch_id")
          .setting("cacheInterval", "cache_interval")
          .setting("cfgScale", "cfg_scale")
          .setting("clipSkip", "CLIP_stop_at_last_layers")
          .setting("commaBacktrack", "comma_padding_backtrack")
          .setting("controlUnits are given", "controlnet has units")
          .setting("denoisingStrength", "denoising_strength")
          .setting("detailPasses are given", "detail passes are given")
          .setting("distilledGuidance", "distilled_cfg_scale")
          .setting("everySteps of samples", "sample_every")
          .setting("finalDecoder", "sd_vae_decode_method")
          .setting("fixSteps", "img2img_fix_steps")
          .setting("hiresFix", "enable_hr")
          .setting("imagePrompts are given", "image prompts are given")
          .setting("imageToImage", "init_images")
          .setting("loraMode", "lora_mode")
          .setting("predictionType", "the server's --prediction-type")
          .setting("priorPreservation", "class_prompt")
          .setting("referenceImages are given", "reference_images are given")
          .setting("refinerSwitch", "refiner_switch_at")
          .setting("resizeMode", "resize_mode")
          .setting("sigmaMax", "sigma_max")
          .setting("sigmaMin", "sigma_min")
          .setting("skipLayerEnd", "skip_layer_end")
          .setting("skipLayerStart", "skip_layer_start")
          .setting("skipLayers", "skip_layers")
          .setting("tokenMergingMaxDownsample", "token_merging_max_downsample")
          .setting("tokenMergingRatio", "token_merging_ratio")
          .setting("variationStrength", "subseed_strength")
          .setting("zeroTerminalSnr is set", "sd_noise_schedule is Zero Terminal SNR");

  private FieldWords() {}

  /** Returns a sentence of the library in the words of HTTP clients. */
  static String in(String sentence) {
    return WORDS.in(sentence);
  }
}
