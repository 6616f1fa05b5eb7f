package dev.sdlora.training;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.model.PredictionType;
import dev.sdlora.api.value.Decimals;
import dev.sdlora.lora.make.AdapterMetadata;
import dev.sdlora.pipeline.checkpoint.TrainedLevels;
import dev.sdlora.pipeline.checkpoint.UNetFiles;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The metadata of a LoRA file about its training, with the keys of kohya's trainer ({@code ss_}),
 * which A1111 and ComfyUI read, and of the Stability AI model specification ({@code modelspec.}).
 */
record FileMetadata(Settings settings, CheckpointIdentity checkpoint, Instant started) {
  private static final String NONE = "None";

  /** The metadata of a file written after this number of steps. */
  Map<String, String> at(int steps, Instant now) {
    AdapterMetadata pairs = new AdapterMetadata();
    pairs.put("ss_output_name", settings.outputs().name());
    model(pairs);
    network(pairs);
    course(pairs, steps);
    images(pairs);
    pairs.put("ss_training_started_at", seconds(started));
    pairs.put("ss_training_finished_at", seconds(now));
    specification(pairs, now);
    return pairs.pairs();
  }

  private void model(AdapterMetadata pairs) {
    pairs.velocity(settings.checkpoint().predictionType() == PredictionType.V_PREDICTION);
    pairs.model(family());
    pairs.put(
        "ss_clip_skip",
        family() == ModelFamily.SD1 ? Integer.toString(settings.recipe().clipSkip()) : NONE);
    if (settings.family().model() instanceof UNetFiles unet
        && unet.levels().equals(TrainedLevels.ZERO_TERMINAL_SNR)) {
      pairs.put("ss_zero_terminal_snr", "True");
    }
    pairs.put("ss_sd_model_name", checkpoint.name());
    if (!checkpoint.sha256().isEmpty()) {
      pairs.put("ss_sd_model_hash", checkpoint.legacyHash());
      pairs.put("ss_new_sd_model_hash", checkpoint.sha256());
    }
  }

  private ModelFamily family() {
    return settings.checkpoint().family();
  }

  private void network(AdapterMetadata pairs) {
    AdapterSettings adapter = settings.adapter();
    pairs.network(
        adapter.rank(), adapter.alpha(), adapter.modules() == TrainedModules.CONVOLUTIONS);
  }

  private void course(AdapterMetadata pairs, int steps) {
    Recipe recipe = settings.recipe();
    Recipe.Rates rates = recipe.rates();
    pairs.put("ss_learning_rate", Decimals.text(rates.unet()));
    pairs.put("ss_unet_lr", Decimals.text(rates.unet()));
    pairs.put(
        "ss_text_encoder_lr",
        settings.adapter().textEncoder() ? rates(rates.textEncoders()) : NONE);
    pairs.put(
        "ss_optimizer",
        "torch.optim.adamw.AdamW(weight_decay="
            + Decimals.text(recipe.optimisation().weightDecay())
            + ")");
    pairs.put("ss_lr_scheduler", scheduler(rates));
    pairs.put("ss_lr_warmup_steps", Integer.toString(rates.warmup()));
    pairs.put("ss_max_grad_norm", Decimals.text(recipe.optimisation().maxGradientNorm()));
    pairs.put("ss_seed", Long.toString(recipe.seed()));
    pairs.put("ss_steps", Integer.toString(steps));
    pairs.put("ss_max_train_steps", Integer.toString(recipe.steps()));
    pairs.put("ss_epoch", Integer.toString(epochs(steps)));
    pairs.put("ss_num_epochs", Integer.toString(epochs(recipe.steps())));
    pairs.put("ss_batch_size_per_device", Integer.toString(recipe.batchSize()));
    pairs.put("ss_total_batch_size", Integer.toString(recipe.batchSize()));
    pairs.put(
        "ss_noise_offset",
        recipe.objective().noiseOffset() == 0
            ? NONE
            : Decimals.text(recipe.objective().noiseOffset()));
    pairs.put(
        "ss_min_snr_gamma",
        recipe.objective().minSnrGamma().isPresent()
            ? Decimals.text(recipe.objective().minSnrGamma().getAsDouble())
            : NONE);
    pairs.put("ss_caption_dropout_rate", Decimals.text(recipe.inputs().captions().dropout()));
    pairs.put("ss_mixed_precision", "no");
    pairs.put("ss_cache_latents", "True");
  }

  /** A single number if all rates are equal, otherwise a list in Python's notation. */
  private static String rates(List<Double> rates) {
    List<String> different = rates.stream().distinct().map(Decimals::text).toList();
    return different.size() == 1 ? different.get(0) : different.toString();
  }

  private static String scheduler(Recipe.Rates rates) {
    return switch (rates.schedule().shape()) {
      case CONSTANT -> rates.warmup() > 0 ? "constant_with_warmup" : "constant";
      case LINEAR -> "linear";
      case COSINE -> rates.schedule().cycles() > 1 ? "cosine_with_restarts" : "cosine";
    };
  }

  /** The number of epochs started. */
  private int epochs(int steps) {
    long seen = (long) steps * settings.recipe().batchSize();
    int count = Math.max(1, settings.trainedImages());
    return Math.toIntExact((seen + count - 1) / count);
  }

  private void images(AdapterMetadata pairs) {
    int count = settings.trainedImages();
    pairs.put("ss_num_train_images", Integer.toString(count));
    pairs.put("ss_num_reg_images", "0");
    pairs.put(
        "ss_resolution",
        "(%s, %s)".formatted(settings.recipe().size().width(), settings.recipe().size().height()));
    Map<String, Object> folder = new LinkedHashMap<>();
    folder.put("n_repeats", 1);
    folder.put("img_count", count);
    pairs.put("ss_dataset_dirs", AdapterMetadata.json(Map.of(settings.set().name(), folder)));
    pairs.put("ss_tag_frequency", AdapterMetadata.json(Map.of(settings.set().name(), tags())));
    pairs.put("ss_training_comment", comment());
  }

  private String comment() {
    String trigger = settings.outputs().trigger();
    return settings
        .slider()
        .map(SliderTraining::comment)
        .orElse(trigger.isEmpty() ? NONE : "trigger word: " + trigger);
  }

  /** The number of occurrences of each comma-separated tag in the captions. */
  private Map<String, Object> tags() {
    Map<String, Integer> counts = new TreeMap<>();
    for (TrainingExample example : settings.set().examples()) {
      for (String tag : example.caption().split(",", -1)) {
        if (!tag.isBlank()) {
          counts.merge(tag.strip(), 1, Integer::sum);
        }
      }
    }
    return new LinkedHashMap<>(counts);
  }

  private void specification(AdapterMetadata pairs, Instant now) {
    pairs.specification(family(), settings.outputs().name(), now);
    pairs.put("modelspec.resolution", settings.recipe().size().toString());
    if (!settings.outputs().trigger().isEmpty()) {
      pairs.put("modelspec.trigger_phrase", settings.outputs().trigger());
    }
  }

  private static String seconds(Instant time) {
    return time.getEpochSecond() + ".0";
  }
}
