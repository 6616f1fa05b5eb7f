package dev.sdlora.training;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.model.PredictionType;
import dev.sdlora.api.value.Decimals;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.checkpoint.layout.TrainedLevels;
import dev.sdlora.lora.make.AdapterMetadata;
import dev.sdlora.training.data.Buckets;
import dev.sdlora.training.option.TimestepSampling;
import dev.sdlora.training.option.TrainingLoss;
import dev.sdlora.training.option.TrainingPrecision;
import dev.sdlora.training.recipe.AdapterSettings;
import dev.sdlora.training.recipe.NetworkArguments;
import dev.sdlora.training.recipe.Recipe;
import dev.sdlora.training.run.CheckpointIdentity;
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
        family().hasClipSkip() ? Integer.toString(settings.recipe().clipSkip()) : NONE);
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
    NetworkArguments network = new NetworkArguments(adapter);
    pairs.network(network.module(), adapter.rank(), adapter.alpha(), network.arguments());
  }

  private void course(AdapterMetadata pairs, int steps) {
    Recipe recipe = settings.recipe();
    Recipe.Rates rates = recipe.rates();
    pairs.put("ss_learning_rate", Decimals.text(rates.unet()));
    pairs.put("ss_unet_lr", Decimals.text(rates.unet()));
    pairs.put(
        "ss_text_encoder_lr",
        settings.adapter().textEncoder() ? rates(rates.textEncoders()) : NONE);
    pairs.put("ss_optimizer", recipe.optimisation().optimiserName());
    pairs.put("ss_lr_scheduler", scheduler(rates));
    pairs.put("ss_lr_warmup_steps", Integer.toString(rates.warmup()));
    pairs.put("ss_max_grad_norm", Decimals.text(recipe.optimisation().maxGradientNorm()));
    pairs.put("ss_seed", Long.toString(recipe.seed()));
    pairs.put("ss_steps", Integer.toString(steps));
    pairs.put("ss_max_train_steps", Integer.toString(recipe.steps()));
    pairs.put("ss_epoch", Integer.toString(epochs(steps)));
    pairs.put("ss_num_epochs", Integer.toString(epochs(recipe.steps())));
    pairs.put("ss_batch_size_per_device", Integer.toString(recipe.batchSize()));
    pairs.put("ss_total_batch_size", Integer.toString(recipe.batchSize() * recipe.accumulation()));
    pairs.put("ss_gradient_accumulation_steps", Integer.toString(recipe.accumulation()));
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
    loss(pairs, recipe.objective());
    pairs.put("ss_caption_dropout_rate", Decimals.text(recipe.inputs().captions().dropout()));
    Recipe.Computation computation = recipe.computation();
    pairs.put(
        "ss_mixed_precision", computation.precision() == TrainingPrecision.FLOAT32 ? "no" : "bf16");
    pairs.put("ss_gradient_checkpointing", python(computation.checkpointing()));
    pairs.put("ss_cache_latents", "True");
  }

  private static void loss(AdapterMetadata pairs, Recipe.Objective objective) {
    pairs.put("ss_debiased_estimation", python(objective.debiased()));
    TrainingLoss loss = objective.loss();
    pairs.put("ss_loss_type", loss.shape() == TrainingLoss.Shape.L2 ? "l2" : "huber");
    if (loss.shape() != TrainingLoss.Shape.L2) {
      pairs.put(
          "ss_huber_schedule",
          loss.shape() == TrainingLoss.Shape.HUBER_BY_NOISE ? "snr" : "constant");
      pairs.put("ss_huber_c", Decimals.text(loss.delta()));
    }
    TimestepSampling timesteps = objective.timesteps();
    if (timesteps.least() > 0 || timesteps.most() < 1) {
      pairs.put("ss_min_timestep", Long.toString(Math.round(timesteps.least() * 1000)));
      pairs.put("ss_max_timestep", Long.toString(Math.round(timesteps.most() * 1000)));
    }
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
    long seen = (long) steps * settings.recipe().batchSize() * settings.recipe().accumulation();
    long count =
        Math.max(1, settings.imagesInEpoch()) * (settings.prior().imagesInEpoch() > 0 ? 2L : 1);
    return Math.toIntExact((seen + count - 1) / count);
  }

  private void images(AdapterMetadata pairs) {
    TrainingSet set = settings.set();
    Recipe.Inputs inputs = settings.recipe().inputs();
    pairs.put("ss_num_train_images", Integer.toString(settings.imagesInEpoch()));
    pairs.put("ss_num_reg_images", Integer.toString(settings.prior().imagesInEpoch()));
    pairs.put("ss_prior_loss_weight", Decimals.text(inputs.priorWeight()));
    pairs.put(
        "ss_resolution",
        "(%s, %s)".formatted(settings.recipe().size().width(), settings.recipe().size().height()));
    pairs.put("ss_enable_bucket", python(inputs.buckets().isPresent()));
    inputs
        .buckets()
        .ifPresent(
            buckets -> {
              pairs.put("ss_min_bucket_reso", Integer.toString(Buckets.least(buckets)));
              pairs.put("ss_max_bucket_reso", Integer.toString(Buckets.most(buckets)));
              pairs.put("ss_bucket_no_upscale", python(!buckets.upscale()));
            });
    pairs.put("ss_flip_aug", python(inputs.flips()));
    pairs.put("ss_shuffle_caption", python(inputs.captions().shuffle()));
    pairs.put("ss_keep_tokens", Integer.toString(inputs.captions().kept()));
    pairs.put("ss_caption_tag_dropout_rate", Decimals.text(inputs.captions().tagDropout()));
    Map<String, Object> folders = new LinkedHashMap<>();
    for (TrainingSet.Concept concept : set.folders()) {
      Map<String, Object> folder = new LinkedHashMap<>();
      folder.put("n_repeats", concept.repeats());
      folder.put("img_count", concept.images());
      folders.put(concept.name(), folder);
    }
    pairs.put("ss_dataset_dirs", AdapterMetadata.json(folders));
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

  private static String python(boolean value) {
    return value ? "True" : "False";
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
