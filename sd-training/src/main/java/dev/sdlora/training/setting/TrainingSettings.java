package dev.sdlora.training.setting;

import static dev.sdlora.api.setting.Door.COMMAND_LINE;
import static dev.sdlora.api.setting.Door.JSON;
import static dev.sdlora.api.setting.Draft.setting;
import static dev.sdlora.training.setting.OptionSettings.POSITIVE;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.model.NumberFormat;
import dev.sdlora.api.setting.Draft;
import dev.sdlora.api.setting.Group;
import dev.sdlora.api.setting.Kind;
import dev.sdlora.api.setting.Setting;
import dev.sdlora.api.value.DeviceNames;
import dev.sdlora.training.option.AdapterOptions;
import dev.sdlora.training.option.BucketOptions;
import dev.sdlora.training.option.CaptionOptions;
import dev.sdlora.training.option.LearningRateSchedule;
import dev.sdlora.training.option.OptimiserOptions;
import dev.sdlora.training.option.SliderPrompts;
import dev.sdlora.training.option.TimestepSampling;
import dev.sdlora.training.option.TrainedModules;
import dev.sdlora.training.option.TrainingLoss;
import dev.sdlora.training.option.TrainingPrecision;
import dev.sdlora.training.option.ValidationOptions;
import java.nio.file.Path;
import java.util.List;

/** All settings of a training. */
public final class TrainingSettings {
  /** A limit for the state file, which holds a number for each step. */
  public static final int MOST_STEPS = 10_000_000;

  private static final Kind<Double> NOT_NEGATIVE = Kind.number(0, Double.POSITIVE_INFINITY);
  private static final Kind<Integer> AT_LEAST_1 = Kind.whole(1, Integer.MAX_VALUE);

  public static final Setting<Draft, Draft, Integer> RANK =
      setting("rank", OptionSettings.RANK, 8, "Rank of each layer.")
          .unit("N")
          .usually(COMMAND_LINE, "16; sliders: 8");

  public static final Setting<Draft, Draft, Double> ALPHA =
      setting("alpha", POSITIVE, "Alpha; changes are multiplied by alpha / rank.")
          .unset("the rank");

  public static final Setting<Draft, Draft, TrainedModules> MODULES =
      setting(
              "modules",
              Kind.constant(TrainedModules.class),
              TrainedModules.LINEAR,
              "Layers to train.")
          .usually(COMMAND_LINE, "linear; small models: convolutions");

  public static final Setting<Draft, Draft, Boolean> TEXT_ENCODER =
      setting(
          "textEncoder",
          Kind.flag(),
          false,
          "Also train the text encoder (both for SDXL), at half the learning rate.");

  public static final Setting<Draft, Draft, Integer> CLIP_SKIP =
      setting("clipSkip", AT_LEAST_1, 1, "Layer of SD 1.x's text encoder to read, from the end.");

  public static final Setting<Draft, Draft, AdapterOptions> ADAPTER =
      setting(
          "adapter",
          Kind.object(OptionSettings.ADAPTER),
          AdapterOptions.DEFAULTS,
          "Change that is trained for each layer.");

  public static final Setting<Draft, Draft, NumberFormat> FILE_FORMAT =
      setting(
          "fileFormat",
          Kind.constant(List.of(NumberFormat.FLOAT16, NumberFormat.FLOAT32)),
          NumberFormat.FLOAT16,
          "Dtype of the file.");

  public static final Setting<Draft, Draft, Integer> STEPS =
      setting("steps", Kind.whole(1, MOST_STEPS), "Training steps.")
          .unit("N")
          .unset("100 per image, from 1000 to 2000; small models: 800; sliders: 500");

  public static final Setting<Draft, Draft, Integer> EPOCHS =
      setting("epochs", AT_LEAST_1, "Times that each image is used, instead of a number of steps.");

  public static final Setting<Draft, Draft, Integer> BATCH_SIZE =
      setting("batchSize", Kind.whole(1, 1024), 1, "Images per step.")
          .named(COMMAND_LINE, "--batch")
          .unit("N")
          .usually(COMMAND_LINE, "1; small models: 4");

  public static final Setting<Draft, Draft, Integer> ACCUMULATION =
      setting(
              "accumulation",
              Kind.whole(1, 1024),
              1,
              "Batches whose gradients are averaged in each step.")
          .unit("N");

  public static final Setting<Draft, Draft, ImageSize> SIZE =
      setting("size", Kind.written(ImageSize::toString, ImageSize::parse), "Training resolution.")
          .unit("WxH")
          .unset("the model's own")
          .without(JSON, "`width` and `height`");

  public static final Setting<Draft, Draft, Long> SEED =
      setting("seed", Kind.wholeLong(), 0L, "Random seed.");

  public static final Setting<Draft, Draft, Double> LEARNING_RATE =
      setting("learningRate", POSITIVE, 1e-4, "Learning rate.")
          .usually(COMMAND_LINE, "0.0001; small models: 0.002");

  public static final Setting<Draft, Draft, Double> TEXT_ENCODER_LEARNING_RATE =
      setting("textEncoderLearningRate", POSITIVE, "Learning rate of the text encoders.")
          .named(COMMAND_LINE, "--text-encoder-rate")
          .unset("half of --learning-rate");

  public static final Setting<Draft, Draft, Double> TEXT_ENCODER_2_LEARNING_RATE =
      setting("textEncoder2LearningRate", POSITIVE, "Learning rate of SDXL's second text encoder.")
          .named(COMMAND_LINE, "--text-encoder-2-rate")
          .named(JSON, "text_encoder_2_learning_rate")
          .unset("that of the first");

  public static final Setting<Draft, Draft, Integer> WARMUP =
      setting(
              "warmup",
              Kind.whole(0, Integer.MAX_VALUE),
              0,
              "Steps over which the learning rate rises from 0.")
          .usually(COMMAND_LINE, "50; small models: 20; few steps: a tenth");

  public static final Setting<Draft, Draft, LearningRateSchedule> SCHEDULE =
      setting(
          "schedule",
          Kind.object(OptionSettings.SCHEDULE),
          LearningRateSchedule.CONSTANT,
          "Course of the learning rate.");

  public static final Setting<Draft, Draft, OptimiserOptions> OPTIMISER =
      setting(
              "optimiser",
              Kind.object(OptionSettings.OPTIMISER),
              OptimiserOptions.DEFAULTS,
              "Optimiser.")
          .named(JSON, "optimizer");

  public static final Setting<Draft, Draft, Double> WEIGHT_DECAY =
      setting("weightDecay", NOT_NEGATIVE, 0.01, "Weight decay.");

  public static final Setting<Draft, Draft, Double> MAX_GRADIENT_NORM =
      setting("maxGradientNorm", POSITIVE, 1.0, "Norm to which larger gradients are clipped.")
          .named(COMMAND_LINE, "--max-grad-norm");

  public static final Setting<Draft, Draft, Double> AVERAGING =
      setting(
              "averaging",
              OptionSettings.BELOW_1,
              0.0,
              "Write a running average of the weights with this decay, such as 0.99; 0 for none.")
          .named(COMMAND_LINE, "--ema")
          .named(JSON, "ema");

  public static final Setting<Draft, Draft, TrainingLoss> LOSS =
      setting("loss", Kind.object(DataSettings.LOSS), TrainingLoss.L2, "Loss.");

  public static final Setting<Draft, Draft, Double> MIN_SNR_GAMMA =
      setting(
              "minSnrGamma",
              NOT_NEGATIVE,
              "Bound on the signal-to-noise ratio in the weight of a sample; 0 for none.")
          .usually(COMMAND_LINE, "5");

  public static final Setting<Draft, Draft, Boolean> DEBIASED =
      setting(
          "debiased",
          Kind.flag(),
          false,
          "Weigh samples by one over the root of their signal-to-noise ratio.");

  public static final Setting<Draft, Draft, Double> NOISE_OFFSET =
      setting("noiseOffset", NOT_NEGATIVE, 0.0, "Noise offset, for very dark or bright styles.");

  public static final Setting<Draft, Draft, TimestepSampling> TIMESTEPS =
      setting("timesteps", Kind.object(DataSettings.TIMESTEPS), "Noise levels to train on.")
          .unset("the model family's");

  public static final Setting<Draft, Draft, BucketOptions> BUCKETS =
      setting(
          "buckets",
          Kind.object(DataSettings.BUCKETS),
          "Train each image at a size of its own aspect ratio instead of cropping it.");

  public static final Setting<Draft, Draft, Boolean> FLIPS =
      setting("flips", Kind.flag(), false, "Mirror half of the images in each step.")
          .named(COMMAND_LINE, "--flip")
          .named(JSON, "flip");

  public static final Setting<Draft, Draft, Double> UNMASKED_WEIGHT =
      setting(
              "unmaskedWeight",
              Kind.number(0, 1),
              "Weigh the loss by masks; the value is the weight of masked areas.")
          .named(COMMAND_LINE, "--masked-loss")
          .named(JSON, "masked_loss.unmasked_weight")
          .unset("masks are ignored");

  public static final Setting<Draft, Draft, CaptionOptions> CAPTIONS =
      setting(
          "captions",
          Kind.object(DataSettings.CAPTIONS),
          CaptionOptions.DEFAULTS,
          "Changes of captions from step to step.");

  public static final Setting<Draft, Draft, String> CLASS_PROMPT =
      setting("classPrompt", Kind.text(), "Prompt to generate images of the class with.");

  public static final Setting<Draft, Draft, Integer> CLASS_COUNT =
      setting(
              "classCount",
              Kind.whole(1, 10_000),
              100,
              "Images to generate for the prompt of the class.")
          .unit("N");

  public static final Setting<Draft, Draft, Double> PRIOR_WEIGHT =
      setting("priorWeight", POSITIVE, 1.0, "Factor on the loss of the images of the class.");

  public static final Setting<Draft, Draft, Path> CACHE =
      setting(
              "cache",
              Kind.file(),
              "Folder that keeps encoded images and captions for later trainings.")
          .unit("DIR")
          .without(JSON, "no request names folders of the server");

  public static final Setting<Draft, Draft, String> DEVICE =
      setting(
              "device",
              Kind.written(name -> name, DeviceNames::canonical),
              "Compute device: cpu, gpu (or cuda), gpu:1 …, mps (Apple); auto is the best one.")
          .unit("NAME")
          .unset("that of the pipeline, or auto")
          .without(JSON, "the device of the server");

  public static final Setting<Draft, Draft, TrainingPrecision> PRECISION =
      setting(
              "precision",
              Kind.constant(TrainingPrecision.class),
              TrainingPrecision.FLOAT32,
              "Dtype of the frozen model.")
          .usually(COMMAND_LINE, "float32, or what suits the model");

  public static final Setting<Draft, Draft, Boolean> CHECKPOINTING =
      setting(
          "checkpointing",
          Kind.flag(),
          false,
          "Compute inner values again for gradients instead of keeping them: a third slower, far less memory.");

  public static final Setting<Draft, Draft, SliderPrompts> SLIDER =
      setting(
          "slider",
          Kind.object(DataSettings.SLIDER),
          "Prompts of a slider that is trained without images.");

  public static final Setting<Draft, Draft, ValidationOptions> VALIDATION =
      setting(
          "validation",
          Kind.object(DataSettings.VALIDATION),
          "Measure the loss on images that are not trained on.");

  public static final Setting<Draft, Draft, List<Double>> SAMPLE_WEIGHTS =
      setting(
          "sampleWeights",
          Kind.list(Kind.number(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY)),
          List.of(1.0),
          "Weights of the LoRA in samples, such as 0,0.5,1; also drawn as a sheet.");

  public static final Setting<Draft, Draft, Integer> SAVE_EVERY =
      setting("saveEvery", AT_LEAST_1, "Steps between saves of the LoRA and the training state.")
          .unset("never")
          .without(JSON, "the server keeps the last state of a cancelled training");

  public static final Setting<Draft, Draft, Boolean> RESUME =
      setting("resume", Kind.flag(), false, "Resume from the last saved state, if any.")
          .without(JSON, "`POST /api/trainings/{id}/resume`");

  /** All settings, in the order in which they are listed. */
  public static final Group<Draft, Draft> TRAINING = group();

  /** The settings of images and captions, which a slider without images does not have. */
  public static final List<Setting<Draft, Draft, ?>> OF_IMAGES =
      List.of(
          EPOCHS,
          NOISE_OFFSET,
          BUCKETS,
          FLIPS,
          UNMASKED_WEIGHT,
          CLASS_PROMPT,
          CAPTIONS,
          VALIDATION);

  private TrainingSettings() {}

  private static Group<Draft, Draft> group() {
    Group.Rows<Draft, Draft> rows =
        Group.of(Draft.class, required -> new Draft(), Draft::copy, draft -> draft);
    List.<Setting<Draft, Draft, ?>>of(
            RANK,
            ALPHA,
            MODULES,
            TEXT_ENCODER,
            CLIP_SKIP,
            ADAPTER,
            FILE_FORMAT,
            STEPS,
            EPOCHS,
            BATCH_SIZE,
            ACCUMULATION,
            SIZE,
            SEED,
            LEARNING_RATE,
            TEXT_ENCODER_LEARNING_RATE,
            TEXT_ENCODER_2_LEARNING_RATE,
            WARMUP,
            SCHEDULE,
            OPTIMISER,
            WEIGHT_DECAY,
            MAX_GRADIENT_NORM,
            AVERAGING,
            LOSS,
            MIN_SNR_GAMMA,
            DEBIASED,
            NOISE_OFFSET,
            TIMESTEPS,
            BUCKETS,
            FLIPS,
            UNMASKED_WEIGHT,
            CAPTIONS,
            CLASS_PROMPT,
            CLASS_COUNT,
            PRIOR_WEIGHT,
            CACHE,
            DEVICE,
            PRECISION,
            CHECKPOINTING,
            SLIDER,
            VALIDATION,
            SAMPLE_WEIGHTS,
            SAVE_EVERY,
            RESUME)
        .forEach(rows::with);
    return rows.group();
  }
}
