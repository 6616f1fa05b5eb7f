package dev.sdlora.spring;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import dev.sdlora.testkit.LibraryRules;

/** What the beans stand on. */
@AnalyzeClasses(packages = "dev.sdlora.spring", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  /** What any application could ask for, Spring and its metrics. */
  @ArchTest
  static final ArchRule LITTLE_BENEATH =
      ArchRuleDefinition.classes()
          .that()
          .resideInAPackage("dev.sdlora.spring..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "org.jspecify..",
              "org.slf4j..",
              "org.springframework..",
              "io.micrometer..",
              "dev.sdlora.api",
              "dev.sdlora.demo.model",
              "dev.sdlora.spring..");

  @ArchTest static final ArchTests LIBRARY = ArchTests.in(LibraryRules.class);
}
