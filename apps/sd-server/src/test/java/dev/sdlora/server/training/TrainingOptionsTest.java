package dev.sdlora.server.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.model.NumberFormat;
import dev.sdlora.api.setting.Setting;
import dev.sdlora.demo.model.DemoModel;
import dev.sdlora.request.json.Fields;
import dev.sdlora.training.LoraTrainer;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.TrainingExample;
import dev.sdlora.training.TrainingSet;
import dev.sdlora.training.option.AdapterKind;
import dev.sdlora.training.option.AdapterOptions;
import dev.sdlora.training.option.BucketOptions;
import dev.sdlora.training.option.CaptionOptions;
import dev.sdlora.training.option.LayerRule;
import dev.sdlora.training.option.LearningRateSchedule;
import dev.sdlora.training.option.OptimiserKind;
import dev.sdlora.training.option.OptimiserOptions;
import dev.sdlora.training.option.SliderPrompts;
import dev.sdlora.training.option.TimestepSampling;
import dev.sdlora.training.option.TrainedModules;
import dev.sdlora.training.option.TrainingLoss;
import dev.sdlora.training.option.TrainingPrecision;
import dev.sdlora.training.option.ValidationOptions;
import dev.sdlora.training.setting.TrainingSettings;
import java.awt.image.BufferedImage;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingOptionsTest {
  private static final TrainingSet IMAGES =
      TrainingSet.of(
          List.of(
              TrainingExample.of(
                  new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "a red star")));

  private static Fields flat(String json) {
    byte[] text = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return TrainingFields.flat(Fields.parse(text));
  }

  private static LoraTrainerBuilder applied(String json) {
    return applied(json, Optional.empty());
  }

  private static LoraTrainerBuilder applied(String json, Optional<TrainingSet> classImages) {
    LoraTrainerBuilder trainer = LoraTrainer.recommended(DemoModel.checkpoint(), IMAGES);
    TrainingOptions.read(flat(json), classImages).accept(trainer);
    return trainer;
  }

  /** Returns a setting, which the builder keeps to itself until it builds a trainer. */
  static Optional<?> setting(LoraTrainerBuilder trainer, String name) {
    try {
      Method find = LoraTrainerBuilder.class.getDeclaredMethod("find", Setting.class);
      find.setAccessible(true);
      return (Optional<?>) find.invoke(trainer, TrainingSettings.TRAINING.setting(name));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the builder keeps settings elsewhere", e);
    }
  }

  private static void assertSetting(String json, String name, Object expected) {
    assertThat(setting(applied(json), name)).as(json).isEqualTo(Optional.of(expected));
  }

  @Test
  void plainFields_reachTheTrainer() {
    assertSetting("{'steps': 7}", "steps", 7);
    assertSetting("{'epochs': 3}", "epochs", 3);
    assertSetting("{'batch_size': 2}", "batchSize", 2);
    assertSetting("{'accumulation': 4}", "accumulation", 4);
    assertSetting("{'seed': 12345678901}", "seed", 12345678901L);
    assertSetting("{'rank': 5}", "rank", 5);
    assertSetting("{'alpha': 2.5}", "alpha", 2.5);
    assertSetting("{'modules': 'attention'}", "modules", TrainedModules.ATTENTION);
    assertSetting("{'text_encoder': true}", "textEncoder", true);
    assertSetting("{'clip_skip': 2}", "clipSkip", 2);
    assertSetting("{'file_format': 'float32'}", "fileFormat", NumberFormat.FLOAT32);
    assertSetting("{'learning_rate': 0.25}", "learningRate", 0.25);
    assertSetting("{'text_encoder_learning_rate': 0.5}", "textEncoderLearningRate", 0.5);
    assertSetting("{'text_encoder_2_learning_rate': 0.5}", "textEncoder2LearningRate", 0.5);
    assertSetting("{'warmup': 9}", "warmup", 9);
    assertSetting("{'weight_decay': 0.2}", "weightDecay", 0.2);
    assertSetting("{'max_gradient_norm': 3}", "maxGradientNorm", 3.0);
    assertSetting("{'ema': 0.99}", "averaging", 0.99);
    assertSetting("{'min_snr_gamma': 4}", "minSnrGamma", 4.0);
    assertSetting("{'min_snr_gamma': 0}", "minSnrGamma", 0.0);
    assertSetting("{'debiased': true}", "debiased", true);
    assertSetting("{'noise_offset': 0.05}", "noiseOffset", 0.05);
    assertSetting("{'flip': true}", "flips", true);
    assertSetting("{'precision': 'bfloat16'}", "precision", TrainingPrecision.BFLOAT16);
    assertSetting("{'checkpointing': true}", "checkpointing", true);
    assertSetting("{'sample_weights': [0, 0.5, 1]}", "sampleWeights", List.of(0.0, 0.5, 1.0));
  }

  @Test
  void groups_reachTheTrainer() {
    assertSetting(
        "{'schedule': {'shape': 'cosine', 'cycles': 3}}",
        "schedule",
        LearningRateSchedule.cosineWithRestarts(3));
    assertSetting(
        "{'optimizer': {'kind': 'prodigy', 'beta1': 0.8, 'beta2': 0.99, 'growth': 2}}",
        "optimiser",
        OptimiserOptions.of(OptimiserKind.PRODIGY).withBetas(0.8, 0.99).withGrowth(2));
    assertSetting("{'loss': {'shape': 'huber'}}", "loss", TrainingLoss.huber(0.1));
    assertSetting(
        "{'loss': {'shape': 'huber_by_noise', 'delta': 0.2}}",
        "loss",
        TrainingLoss.huberByNoise(0.2));
    assertSetting(
        "{'timesteps': {'shape': 'logit_normal', 'mean': 0.5, 'deviation': 2, 'least': 0.1}}",
        "timesteps",
        TimestepSampling.logitNormal(0.5, 2).within(0.1, 1));
    assertSetting(
        "{'timesteps': {'shape': 'shifted', 'shift': 3}}",
        "timesteps",
        TimestepSampling.shifted(3));
    assertSetting(
        "{'captions': {'shuffle': true, 'kept': 2, 'tag_dropout': 0.1, 'dropout': 0.2}}",
        "captions",
        CaptionOptions.DEFAULTS.withShuffledTags(2).withTagDropout(0.1).withDropout(0.2));
    assertSetting("{'buckets': true}", "buckets", BucketOptions.DEFAULTS);
    assertSetting("{'buckets': {}}", "buckets", BucketOptions.DEFAULTS);
    assertThat(setting(applied("{'buckets': false}"), "buckets")).isEmpty();
    assertSetting(
        "{'buckets': {'least': 128, 'most': 512, 'step': 32, 'upscale': false}}",
        "buckets",
        new BucketOptions(128, 512, 32, false));
    assertSetting("{'masked_loss': true}", "unmaskedWeight", 0.0);
    assertSetting("{'masked_loss': {'unmasked_weight': 0.25}}", "unmaskedWeight", 0.25);
    assertSetting(
        "{'validation': {'share': 0.2, 'every': 5, 'patience': 3}}",
        "validation",
        new ValidationOptions(0.2, 5, 3));
    assertSetting(
        "{'slider': {'target': 'a house', 'positive': 'detailed', 'negative': 'plain', 'kept':"
            + " ['red'], 'guidance': 2}}",
        "slider",
        SliderPrompts.of("a house", "detailed", "plain").keeping(List.of("red")).withGuidance(2));
  }

  @Test
  void captions_withoutDropout_keepTheRecommendedOne() {
    Object recommended =
        setting(LoraTrainer.recommended(DemoModel.checkpoint(), IMAGES), "captions").orElseThrow();
    assertSetting("{}", "captions", recommended);
    assertSetting("{'captions': {'shuffle': false}}", "captions", recommended);
  }

  @Test
  void adapter_withRules_reachesTheTrainer() {
    assertSetting(
        """
        {'adapter': {'convolution_rank': 4, 'convolution_alpha': 2,
          'rank_stabilized': true, 'lora_plus_ratio': 16,
          'dropout': 0.1, 'rank_dropout': 0.2, 'module_dropout': 0.3,
          'rules': [{'layers': 'IN04', 'trained': false},
                    {'layers': '.*attn2.*', 'rank': 2, 'alpha': 1, 'rate_factor': 0.5}]}}
        """,
        "adapter",
        AdapterOptions.DEFAULTS
            .withConvolutions(4, 2)
            .withRankStabilised(true)
            .withLoraPlusRatio(16)
            .withDropout(0.1, 0.2, 0.3)
            .withRule(LayerRule.leaveOut("IN04"))
            .withRule(LayerRule.of(".*attn2.*").withRank(2).withAlpha(1).withRateFactor(0.5)));
    assertSetting(
        "{'adapter': {'kind': 'lokr', 'dora': true, 'lokr_factor': 8}}",
        "adapter",
        AdapterOptions.of(AdapterKind.LOKR).withDora(true).withLokrFactor(8));
  }

  @Test
  void classImages_givenOrByPrompt_reachTheTrainer() throws ReflectiveOperationException {
    LoraTrainerBuilder given = applied("{'prior_weight': 0.5}", Optional.of(IMAGES));
    Field images = LoraTrainerBuilder.class.getDeclaredField("priorImages");
    images.setAccessible(true);
    assertThat(images.get(given)).isEqualTo(Optional.of(IMAGES));
    assertThat(setting(given, "priorWeight")).isEqualTo(Optional.of(0.5));
    LoraTrainerBuilder drawn = applied("{'class_prompt': 'a cat', 'class_count': 20}");
    assertThat(setting(drawn, "classPrompt")).isEqualTo(Optional.of("a cat"));
    assertThat(setting(drawn, "classCount")).isEqualTo(Optional.of(20));
    assertThat(setting(drawn, "priorWeight")).isEqualTo(Optional.of(1.0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {'stepps': 3} | unknown field 'stepps'; did you mean 'steps'?
          {'adapter': {'kid': 3}} | unknown field 'adapter.kid'; did you mean 'adapter.kind'?
          {'adapter': {'rules': [{'layer': 'x'}]}} | unknown field 'adapter.rules[0].layer'
          {'adapter': 'lokr'} | field 'adapter' must be an object: "lokr"
          {'buckets': 5} | field 'buckets' must be true or false: 5
          {'rank': 'many'} | field 'rank' must be a number: "many"
          {'rank': 0} | field 'rank' must be from 1 to 1024: 0
          {'rank': 1.5} | field 'rank' must be a whole number: 1.5
          {'accumulation': 0} | field 'accumulation' must be from 1 to 1024: 0
          {'ema': 1} | field 'ema' must be at least 0 and below 1: 1.0
          {'steps': 5, 'epochs': 2} | give 'steps' or 'epochs', not both
          {'modules': 'all'} | field 'modules' must be one of attention, linear, convolutions: 'all'
          {'adapter': {'kind': 'LORA'}} | must be one of lora, loha, lokr, ia3: 'LORA'
          {'adapter': {'kind': 'ia3', 'dora': true}} | field 'adapter.dora' must be false for IA3
          {'adapter': {'dropout': 1}} | field 'adapter.dropout' must be at least 0 and below 1: 1.0
          {'adapter': {'lora_plus_ratio': -1}} | field 'adapter.lora_plus_ratio' must be above 0
          {'adapter': {'convolution_alpha': 1}} | requires 'adapter.convolution_rank'
          {'adapter': {'rules': {}}} | field 'adapter.rules' must be a list
          {'adapter': {'rules': [{}]}} | field 'adapter.rules[0].layers' is missing
          {'adapter': {'rules': [{'layers': 'x', 'rank': 0}]}} | 'adapter.rules[0].rank' must be from 1
          {'adapter': {'rules': [{'layers': '(a'}]}} | not a regular expression: Unclosed group
          {'adapter': {'rules': [{'layers': '(a+)+'}]}} | none after a group
          {'adapter': {'rules': [{'layers': '.*.*.*.*'}]}} | 3 of * + ? {
          {'adapter': {'rules': [{'layers': '(a)\\\\1'}]}} | no reference to a group
          {'optimizer': {'kind': 'sgd'}} | 'optimizer.kind' must be one of adamw, prodigy, lion, adafactor
          {'optimizer': {'beta1': 0.9}} | give both 'optimizer.beta1' and 'optimizer.beta2'
          {'optimizer': {'growth': 2}} | field 'optimizer.growth' is only for prodigy
          {'schedule': {'shape': 'linear', 'cycles': 2}} | field 'schedule.cycles' must be 1
          {'loss': {'delta': 0.1}} | field 'loss.delta' is only for huber or huber_by_noise
          {'timesteps': {'shift': 2}} | field 'timesteps.shift' is only for shifted
          {'timesteps': {'least': 0.5, 'most': 0.5}} | field 'timesteps.least' must be below most
          {'captions': {'tag_dropout': 2}} | field 'captions.tag_dropout' must be from 0 to 1: 2.0
          {'captions': {'shuffle': 'maybe'}} | field 'captions.shuffle' must be true or false
          {'buckets': {'least': 10}} | field 'buckets.least' must be at least 64: 10
          {'masked_loss': {'unmasked_weight': 2}} | field 'masked_loss.unmasked_weight' must be from 0 to 1
          {'validation': {'share': 1}} | field 'validation.share' must be above 0 and below 1: 1.0
          {'slider': {'positive': 'a', 'negative': 'a'}} | field 'slider.positive' must differ from the negative
          {'class_count': 5} | require 'class_prompt' or 'class_images'
          {'sample_weights': ['x']} | field 'sample_weights' must be a list of numbers: "x"
          {'sample_weights': []} | field 'sample_weights' must not be empty
          """)
  void mistakes_nameTheField(String json, String sentence) {
    assertThatThrownBy(() -> applied(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(sentence);
  }

  @Test
  void rules_ofHostileLength_areRefused() {
    String rule = "{'layers': 'x'},".repeat(33);
    assertThatThrownBy(
            () ->
                applied(
                    "{'adapter': {'rules': [%s]}}".formatted(rule.substring(0, rule.length() - 1))))
        .hasMessage("field 'adapter.rules' has 33 rules; the limit is 32");
    assertThatThrownBy(
            () -> applied("{'adapter': {'rules': [{'layers': '%s'}]}}".formatted("x".repeat(201))))
        .hasMessageContaining("200 characters");
  }
}
