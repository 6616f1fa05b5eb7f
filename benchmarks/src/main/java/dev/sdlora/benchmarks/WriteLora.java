package dev.sdlora.benchmarks;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.benchmarks.model.FlowCheckpoint;
import dev.sdlora.benchmarks.model.FlowConfig;
import dev.sdlora.benchmarks.model.FlowModels;
import dev.sdlora.benchmarks.model.ModelConfig;
import dev.sdlora.benchmarks.model.RandomHalves;
import dev.sdlora.families.checkpoint.SingleFileNames;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.checkpoint.transformer.TransformerModel;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Writes a LoRA with random float16 factors in kohya's layout, for all modules that kohya's trainer
 * changes by default: 264 in SD 1.5. For SDXL, kohya's authors recommend training only the U-Net,
 * whose 722 modules have the names of sgm. For diffusion transformers, the layout is that of
 * ai-toolkit, for all matrices of the blocks as single files stack them, without alpha.
 */
public final class WriteLora {
  private static final String WEIGHT = ".weight";
  private static final String SGM = "model.diffusion_model.";

  private static final Map<ModelFamily, String> VERSIONS =
      Map.of(
          ModelFamily.SD1, "sd_v1",
          ModelFamily.SD2, "sd_v2",
          ModelFamily.SDXL, "sdxl_base_v1-0");

  /** Changes the weights by a few percent, as training does. */
  private static final double UP_DEVIATION = 0.01;

  /** Weights of a transformer's blocks, without those that follow the time. */
  private static final Pattern IN_BLOCK =
      Pattern.compile(
          "(\\w+_blocks|layers|\\w+_refiner)\\.\\d+\\.(?!.*(adaLN|_mod\\.|modulation)).*");

  private WriteLora() {}

  /**
   * Runs the tool: {@code OUT.safetensors [--model 15|21|100|4|6|9|12|35] [--rank N] [--seed N]}.
   */
  public static void main(String[] args) {
    Arguments arguments =
        Arguments.parse(
            args,
            "WriteLora OUT.safetensors [--model 15|21|100|4|6|9|12|35] [--rank N] [--seed N]",
            Map.of("--model", 15, "--rank", 16, "--seed", 1));
    int model = arguments.number("--model");
    int rank = arguments.number("--rank");
    int seed = arguments.number("--seed");
    Optional<FlowConfig> flow = FlowModels.numbered(model);
    if (flow.isPresent()) {
      write(flow.get(), rank, seed, arguments.file());
    } else {
      write(ModelConfig.numbered(model), rank, seed, arguments.file());
    }
  }

  /** Writes a LoRA for a checkpoint. */
  static void write(ModelFiles files, int rank, int seed, Path path) {
    if (files instanceof UNetFiles unet) {
      write(ModelConfig.of(unet), rank, seed, path);
    } else {
      write(FlowConfig.of((TransformerModel) files), rank, seed, path);
    }
  }

  /** Writes a LoRA of a transformer. */
  static void write(FlowConfig config, int rank, int seed, Path path) {
    SafetensorsWriter writer = new SafetensorsWriter();
    targets(config)
        .forEach(
            (module, shape) -> {
              long out = shape.get(0);
              long in = shape.get(1);
              double deviation = 1 / Math.sqrt((double) in);
              List<Long> down = List.of((long) rank, in);
              add(writer, module + ".lora_A.weight", down, deviation, seed);
              List<Long> up = List.of(out, (long) rank);
              add(writer, module + ".lora_B.weight", up, UP_DEVIATION, seed);
            });
    writer.write(path);
  }

  /** Returns the shapes of the weights to change, by the names of their modules in the file. */
  static Map<String, List<Long>> targets(FlowConfig config) {
    Map<String, List<Long>> targets = new LinkedHashMap<>();
    FlowCheckpoint.transformer(config)
        .forEach(
            (name, shape) -> {
              if (IN_BLOCK.matcher(name).matches() && shape.size() == 2) {
                String module = name.substring(0, name.length() - WEIGHT.length());
                targets.put("diffusion_model." + module, shape);
              }
            });
    return targets;
  }

  /** Writes a LoRA whose alpha is half its rank. */
  static void write(ModelConfig config, int rank, int seed, Path path) {
    float alpha = rank / 2f;
    SafetensorsWriter writer =
        new SafetensorsWriter()
            .metadata("ss_base_model_version", VERSIONS.getOrDefault(config.family(), ""))
            .metadata("ss_network_module", "networks.lora")
            .metadata("ss_network_dim", String.valueOf(rank))
            .metadata("ss_network_alpha", String.valueOf(alpha));
    targets(config)
        .forEach(
            (module, shape) -> {
              long out = shape.get(0);
              long in = shape.get(1);
              double downDeviation = 1 / Math.sqrt((double) in);
              long r = rank;
              // The only convolutions, proj_in and proj_out, have 1×1 kernels.
              boolean convolution = shape.size() == 4;
              add(
                  writer,
                  module + ".lora_down.weight",
                  matrix(r, in, convolution),
                  downDeviation,
                  seed);
              add(
                  writer,
                  module + ".lora_up.weight",
                  matrix(out, r, convolution),
                  UP_DEVIATION,
                  seed);
              writer.tensor(module + ".alpha", List.of(), new float[] {alpha}, DType.F16);
            });
    writer.write(path);
  }

  /** Returns the shapes of the weights to change, by the names of their modules in the file. */
  static Map<String, List<Long>> targets(ModelConfig config) {
    Map<String, List<Long>> targets = new LinkedHashMap<>();
    if (config.family() == ModelFamily.SDXL) {
      UnaryOperator<String> sgm = SingleFileNames.unet(config.unet());
      addTargets(
          targets,
          "lora_unet_",
          config.unet().weights(),
          ".attentions.",
          name -> sgm.apply(name).substring(SGM.length()));
      return targets;
    }
    addTargets(
        targets,
        "lora_te_",
        config.textEncoders().get(0).weights(),
        ".layers.",
        UnaryOperator.identity());
    addTargets(
        targets, "lora_unet_", config.unet().weights(), ".attentions.", UnaryOperator.identity());
    return targets;
  }

  /** Adds all matrices inside transformers. */
  private static void addTargets(
      Map<String, List<Long>> targets,
      String prefix,
      Map<String, List<Long>> weights,
      String transformers,
      UnaryOperator<String> spelling) {
    weights.forEach(
        (name, shape) -> {
          if (name.contains(transformers) && shape.size() > 1) {
            String spelled = spelling.apply(name);
            String module = spelled.substring(0, spelled.length() - WEIGHT.length());
            targets.put(prefix + module.replace('.', '_'), shape);
          }
        });
  }

  private static List<Long> matrix(long rows, long columns, boolean convolution) {
    return convolution ? List.of(rows, columns, 1L, 1L) : List.of(rows, columns);
  }

  private static void add(
      SafetensorsWriter writer, String name, List<Long> shape, double deviation, int seed) {
    long elements = shape.get(0) * shape.get(1);
    writer.tensor(
        name,
        DType.F16,
        shape,
        new RandomHalves(elements, 0, deviation, 31L * seed + name.hashCode()));
  }
}
