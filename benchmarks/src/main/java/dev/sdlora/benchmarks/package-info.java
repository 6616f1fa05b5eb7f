/**
 * Benchmarks, and tools that write full-size model files for them. Build them once:
 *
 * <pre>mvn -q -Dquick -Pfull package -pl :benchmarks -am</pre>
 *
 * <p>To print all figures of docs/evidence/measurements.md as one table, and list those that fell
 * since it was printed:
 *
 * <pre>
 * java -cp benchmarks/target/benchmarks.jar dev.sdlora.benchmarks.Measurements \
 *     --compare docs/evidence/measurements.md
 * </pre>
 *
 * <p>The other tools are for single measurements. To write a full-size SD 1.5 checkpoint (2.1 GB,
 * float16, random weights) and a LoRA of 264 modules for it:
 *
 * <pre>
 * java -cp benchmarks/target/benchmarks.jar dev.sdlora.benchmarks.WriteFullSizeCheckpoint \
 *     /tmp/full-sd15.safetensors --seed 1
 * java -cp benchmarks/target/benchmarks.jar dev.sdlora.benchmarks.WriteLora \
 *     /tmp/full-lora.safetensors --rank 16 --seed 1
 * </pre>
 *
 * <p>To write full-size SD 2.1 and SDXL checkpoints (2.6 and 6.9 GB), and a LoRA of 722 modules for
 * the latter:
 *
 * <pre>
 * java -cp benchmarks/target/benchmarks.jar dev.sdlora.benchmarks.WriteFullSizeCheckpoint \
 *     /tmp/full-sd21.safetensors --model 21
 * java -cp benchmarks/target/benchmarks.jar dev.sdlora.benchmarks.WriteFullSizeCheckpoint \
 *     /tmp/full-sdxl.safetensors --model 100
 * java -cp benchmarks/target/benchmarks.jar dev.sdlora.benchmarks.WriteLora \
 *     /tmp/full-lora-xl.safetensors --model 100 --rank 16
 * </pre>
 *
 * <p>To write FLUX.2 klein and Z-Image at full size with one text encoder (28 GB, bfloat16), or
 * with few blocks; others are 9 (Chroma), 12 (FLUX.1 dev, 34 GB) and 35 (SD 3.5 Medium):
 *
 * <pre>
 * java -cp benchmarks/target/benchmarks.jar dev.sdlora.benchmarks.WriteFullSizeCheckpoint \
 *     /tmp/models --model 4
 * java -cp benchmarks/target/benchmarks.jar dev.sdlora.benchmarks.WriteFullSizeCheckpoint \
 *     /tmp/models --model 6
 * java -cp benchmarks/target/benchmarks.jar dev.sdlora.benchmarks.WriteFullSizeCheckpoint \
 *     /tmp/small --model 4 --blocks 2
 * </pre>
 *
 * <p>To measure loading and calls of their text encoder and denoiser, without and with a LoRA:
 *
 * <pre>
 * java -cp benchmarks/target/benchmarks.jar dev.sdlora.benchmarks.TransformerBenchmark \
 *     /tmp/models/diffusion_models/flux-2-klein-4b.safetensors --size 512 --rank 16
 * </pre>
 *
 * <p>To generate an image, with the time and memory of each stage:
 *
 * <pre>
 * java -cp benchmarks/target/benchmarks.jar dev.sdlora.benchmarks.ImageBenchmark \
 *     /tmp/full-sdxl.safetensors --size 1024 --steps 2 --bits 16 --sparing 1
 * </pre>
 *
 * <p>To patch weights of each shape, with the floor for comparison; all shapes and ranks take about
 * ten minutes. JMH parameters restrict the measurement:
 *
 * <pre>
 * java -jar benchmarks/target/benchmarks.jar LoraPatch
 * java -jar benchmarks/target/benchmarks.jar LoraPatch -p shape=1280x1280 -p rank=16,64
 * </pre>
 *
 * <p>To patch a whole model, switch to another LoRA, and restore it, with the floor for comparison:
 *
 * <pre>
 * java -cp benchmarks/target/benchmarks.jar dev.sdlora.benchmarks.FullModelPatchBenchmark \
 *     /tmp/full-sd15.safetensors --rank 16 --rounds 7
 * </pre>
 *
 * <p>To call a U-Net without LoRAs, and with one and two LoRAs computed next to its weights:
 *
 * <pre>
 * java -cp benchmarks/target/benchmarks.jar dev.sdlora.benchmarks.OverlayBenchmark \
 *     /tmp/full-sd15.safetensors --size 512 --rank 16 --rounds 5
 * </pre>
 *
 * <p>To run a layer of FLUX.2 klein with its weight in each quantised format:
 *
 * <pre>
 * java -cp benchmarks/target/benchmarks.jar dev.sdlora.benchmarks.WideningBenchmark none
 * </pre>
 *
 * <p>Measure on an idle machine: libtorch's threads wait for each other, so a second busy process
 * slows them down many times over.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Measurements and aims: {@code benchmarks.MeasuredRun} and the benchmark's class; the tables
 *       and their comparison: {@code benchmarks.figure.FigureTable}, {@code Comparison}.
 * </ul>
 */
@NullMarked
package dev.sdlora.benchmarks;

import org.jspecify.annotations.NullMarked;
