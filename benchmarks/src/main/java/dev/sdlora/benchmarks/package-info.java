/**
 * Benchmarks, and the tools that write full-size model files for them. Build them once:
 *
 * <pre>mvn -pl :benchmarks -am -DskipTests package</pre>
 *
 * <p>All that docs/evidence/measurements.md tells, as one table, and what fell since it was
 * printed:
 *
 * <pre>
 * java -cp benchmarks/target/benchmarks.jar dev.sdlora.benchmarks.Measurements \
 *     --compare docs/evidence/measurements.md
 * </pre>
 *
 * <p>The rest is for looking at one thing. A full-size SD 1.5 checkpoint (2.1 GB, float16, random
 * weights) and a LoRA of 264 modules for it:
 *
 * <pre>
 * java -cp benchmarks/target/benchmarks.jar dev.sdlora.benchmarks.WriteFullSizeCheckpoint \
 *     /tmp/full-sd15.safetensors --seed 1
 * java -cp benchmarks/target/benchmarks.jar dev.sdlora.benchmarks.WriteLora \
 *     /tmp/full-lora.safetensors --rank 16 --seed 1
 * </pre>
 *
 * <p>SD 2.1 and SDXL of full size (2.6 and 6.9 GB), and a LoRA of 722 modules for the latter:
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
 * <p>An image, with the time and the memory of each stage:
 *
 * <pre>
 * java -cp benchmarks/target/benchmarks.jar dev.sdlora.benchmarks.ImageBenchmark \
 *     /tmp/full-sdxl.safetensors --size 1024 --steps 2 --bits 16 --sparing 1
 * </pre>
 *
 * <p>Patching weights of one size, with the floor beside it; all sizes and ranks take some ten
 * minutes. The parameters of JMH narrow it down:
 *
 * <pre>
 * java -jar benchmarks/target/benchmarks.jar LoraPatch
 * java -jar benchmarks/target/benchmarks.jar LoraPatch -p shape=1280x1280 -p rank=16,64
 * </pre>
 *
 * <p>Patching a whole model, going to another LoRA, and restoring, with the floor beside it:
 *
 * <pre>
 * java -cp benchmarks/target/benchmarks.jar dev.sdlora.benchmarks.FullModelPatchBenchmark \
 *     /tmp/full-sd15.safetensors --rank 16 --rounds 7
 * </pre>
 *
 * <p>Listing 1,000 LoRAs, for the first time and again, with the floor beside it:
 *
 * <pre>java -jar benchmarks/target/benchmarks.jar LoraLibrary</pre>
 *
 * <p>Calls of a U-Net without LoRAs and with one and two that ride beside its weights:
 *
 * <pre>
 * java -cp benchmarks/target/benchmarks.jar dev.sdlora.benchmarks.OverlayBenchmark \
 *     /tmp/full-sd15.safetensors --size 512 --rank 16 --rounds 5
 * </pre>
 *
 * <p>What is small: prompts, the arithmetic of samplers, noise, PNG files:
 *
 * <pre>java -jar benchmarks/target/benchmarks.jar 'Prompt|Sampler|Noise|Png'</pre>
 *
 * <p>Measure on an idle machine: libtorch's threads wait for each other, so a second busy process
 * slows them down many times over.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>What is measured, its aims: {@code benchmarks.MeasuredRun}, the benchmark's class; how
 *       tables are printed and compared, {@code FigureTable}, {@code Comparison}.
 * </ul>
 */
@NullMarked
package dev.sdlora.benchmarks;

import org.jspecify.annotations.NullMarked;
